using System.Globalization;
using System.Net;
using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Server.Hosting;

/// <summary>How the server runs. From the settings file, DIA_ environment variables and the command line, each over the one before.</summary>
internal sealed record ServerOptions
{
    /// <summary>IP address that HTTP listens on, or localhost.</summary>
    public string Host { get; init; } = "0.0.0.0";

    /// <summary>Port that HTTP listens on; 0 takes a free one.</summary>
    public int Port { get; init; } = 7860;

    /// <summary>Folder of everything that is stored.</summary>
    public string Data { get; init; } = "data";

    /// <summary>Checkpoint folder; null takes the model that comes with the server.</summary>
    public string? Model { get; init; }

    /// <summary>Codec folder, where the checkpoint brings none.</summary>
    public string? Codec { get; init; }

    /// <summary>0626 or classic, where the config's schema is not to decide.</summary>
    public string? Profile { get; init; }

    /// <summary>Threads of ONNX Runtime; 0 chooses by the model's size.</summary>
    public int Threads { get; init; }

    /// <summary>Requests decoded at a time.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>Bound of waiting work, in predicted seconds of audio.</summary>
    public double MaxWaitingSeconds { get; init; } = 600;

    /// <summary>Longer audio prompts are shortened, together with their transcripts, where it is known when which words are said.</summary>
    public double MaxPromptSeconds { get; init; } = 15;

    /// <summary>Seconds that accepted requests may still run after the server is told to stop.</summary>
    public double DrainSeconds { get; init; } = 40;

    /// <summary>Silo's name; workers are pinned by it.</summary>
    public string Silo { get; init; } = "local";

    /// <summary>Port between silos; 0 takes a free one.</summary>
    public int SiloPort { get; init; }

    /// <summary>Port for cluster clients; 0 takes a free one.</summary>
    public int GatewayPort { get; init; }

    /// <summary>Shows the Orleans dashboard at /dashboard.</summary>
    public bool Dashboard { get; init; }

    /// <summary>debug_mode for this run, over the stored configuration; null leaves that.</summary>
    public bool? Debug { get; init; }

    /// <summary>save_outputs for this run; null leaves the stored one.</summary>
    public bool? SaveOutputs { get; init; }

    /// <summary>show_prompts for this run; null leaves the stored one.</summary>
    public bool? ShowPrompts { get; init; }

    /// <summary>output_retention_hours for this run; null leaves the stored one.</summary>
    public long? RetentionHours { get; init; }

    /// <summary>Clients must send it as a bearer token, where set; several are separated by commas.</summary>
    public string? ApiKey { get; init; }

    /// <summary>auto, single or multi: whether one GPU is used or all.</summary>
    public string GpuMode { get; init; } = "auto";

    /// <summary>Numbers of the GPUs that may be used, separated by commas; null allows all.</summary>
    public string? GpuIds { get; init; }

    /// <summary>Reported as total_workers; null reports the workers that there are.</summary>
    public int? MaxWorkers { get; init; }

    public DiaProfile? ProfileOverride => Profile?.ToLowerInvariant() switch
    {
        null or "" => null,
        "0626" => DiaProfile.Dia0626,
        "classic" => DiaProfile.Classic,
        _ => throw new SettingsException($"profile is '{Profile}'; expected 0626 or classic."),
    };

    /// <summary>The numbers of <see cref="GpuIds"/>; null allows all.</summary>
    public IReadOnlyList<int>? AllowedGpus => string.IsNullOrWhiteSpace(GpuIds) ? null
        : [.. GpuIds.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(id =>
            int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new SettingsException($"gpu ids is '{GpuIds}'; expected numbers such as 0,1."))];

    public IPAddress Address => Host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(Host, out var address) ? address
        : throw new SettingsException($"host is '{Host}'; expected an IP address of this machine, 0.0.0.0 for all of them, or localhost.");

    /// <exception cref="SettingsException">A value is out of range.</exception>
    public ServerOptions Checked()
    {
        _ = ProfileOverride;
        _ = Address;
        _ = AllowedGpus;
        Require(GpuMode.ToLowerInvariant() is "auto" or "single" or "multi", "gpu mode", $"'{GpuMode}'", "auto, single or multi");
        Require(MaxWorkers is null or >= 1, "max workers", MaxWorkers ?? 0, "1 or more");
        Require(Port is >= 0 and <= 65535, "port", Port, "0 to 65535");
        Require(SiloPort is >= 0 and <= 65535, "silo port", SiloPort, "0 to 65535");
        Require(GatewayPort is >= 0 and <= 65535, "gateway port", GatewayPort, "0 to 65535");
        Require(Threads >= 0, "threads", Threads, "0 or more");
        Require(Slots is >= 1 and <= 256, "slots", Slots, "1 to 256");
        Require(MaxWaitingSeconds > 0, "max waiting seconds", MaxWaitingSeconds, "more than 0");
        Require(MaxPromptSeconds > 0, "max prompt seconds", MaxPromptSeconds, "more than 0");
        Require(DrainSeconds >= 0, "drain seconds", DrainSeconds, "0 or more");
        Require(Silo.Length > 0 && !Silo.Contains('/'), "silo", Silo, "a name without a slash");
        return this;
    }

    private static void Require(bool holds, string name, object value, string expected)
    {
        if (!holds) throw new SettingsException($"{name} is {value}; expected {expected}.");
    }
}

/// <summary>A setting is wrong; the message names it and says what is expected.</summary>
internal sealed class SettingsException(string message, Exception? cause = null) : Exception(message, cause);
