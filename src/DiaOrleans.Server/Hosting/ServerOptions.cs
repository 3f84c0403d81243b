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

    /// <summary>Logs more.</summary>
    public bool Debug { get; init; }

    /// <summary>Folder of the models of speech recognition; null takes whisper_models in the data folder.</summary>
    public string? WhisperModels { get; init; }

    /// <summary>Models of speech recognition that are missing are downloaded when they are needed.</summary>
    public bool WhisperDownloads { get; init; } = true;

    /// <summary>Where they are downloaded from: an address that their file names are put behind; null takes the published ones.</summary>
    public string? WhisperModelUrl { get; init; }

    /// <summary>Clients must send it as a bearer token, where set.</summary>
    public string? ApiKey { get; init; }

    public DiaProfile? ProfileOverride => Profile?.ToLowerInvariant() switch
    {
        null or "" => null,
        "0626" => DiaProfile.Dia0626,
        "classic" => DiaProfile.Classic,
        _ => throw new SettingsException($"profile is '{Profile}'; expected 0626 or classic."),
    };

    public IPAddress Address => Host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(Host, out var address) ? address
        : throw new SettingsException($"host is '{Host}'; expected an IP address of this machine, 0.0.0.0 for all of them, or localhost.");

    public Uri? WhisperSource => string.IsNullOrEmpty(WhisperModelUrl) ? null
        : Uri.TryCreate(WhisperModelUrl.TrimEnd('/') + "/", UriKind.Absolute, out var source) && source.Scheme is "http" or "https" ? source
        : throw new SettingsException($"whisper model url is '{WhisperModelUrl}'; expected an http or https address.");

    /// <exception cref="SettingsException">A value is out of range.</exception>
    public ServerOptions Checked()
    {
        _ = ProfileOverride;
        _ = WhisperSource;
        _ = Address;
        Require(Port is >= 0 and <= 65535, "port", Port, "0 to 65535");
        Require(SiloPort is >= 0 and <= 65535, "silo port", SiloPort, "0 to 65535");
        Require(GatewayPort is >= 0 and <= 65535, "gateway port", GatewayPort, "0 to 65535");
        Require(Threads >= 0, "threads", Threads, "0 or more");
        Require(Slots is >= 1 and <= 256, "slots", Slots, "1 to 256");
        Require(MaxWaitingSeconds > 0, "max waiting seconds", MaxWaitingSeconds, "more than 0");
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
