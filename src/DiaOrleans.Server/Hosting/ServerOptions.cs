using System.Globalization;
using System.Net;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Api.Origins;

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

    /// <summary>The most background jobs that wait; more are refused.</summary>
    public int MaxPendingJobs { get; init; } = 1000;

    /// <summary>Seconds that accepted requests may still run after the server is told to stop.</summary>
    public double DrainSeconds { get; init; } = 40;

    /// <summary>Minutes without work after which the model leaves memory until the next request; 0 keeps it.</summary>
    public double IdleUnloadMinutes { get; init; }

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

    /// <summary>Folder of the models of speech recognition; null takes whisper_models in the data folder.</summary>
    public string? WhisperModels { get; init; }

    /// <summary>
    /// When models of speech recognition that are missing are downloaded. Null: if a client asks for a transcription or for the model. True:
    /// also if a recording waits for its transcript. False: never.
    /// </summary>
    public bool? WhisperDownloads { get; init; }

    /// <summary>Where they are downloaded from: an address that their file names are put behind; null takes the published ones.</summary>
    public string? WhisperModelUrl { get; init; }

    /// <summary>Format of OpenAI's speech route, where the client names none.</summary>
    public string DefaultFormat { get; init; } = "wav";

    /// <summary>Voices under names that clients have built in: <c>alloy=anna,nova=bob</c>.</summary>
    public string? VoiceAliases { get; init; }

    /// <summary>Sampling temperature, where the client names none; null takes the model's.</summary>
    public double? Temperature { get; init; }

    /// <summary>Guidance scale, where the client names none; null takes the model's.</summary>
    public double? CfgScale { get; init; }

    /// <summary>Nucleus mass, where the client names none; null takes the model's.</summary>
    public double? TopP { get; init; }

    /// <summary>The most bytes of text that one call of the model speaks; null takes the model's.</summary>
    public int? MaxSegmentBytes { get; init; }

    /// <summary>The most seconds of a recording that a call continues.</summary>
    public double MaxPromptSeconds { get; init; } = 15;

    /// <summary>save_outputs for this run; null leaves the stored one.</summary>
    public bool? SaveOutputs { get; init; }

    /// <summary>show_prompts for this run; null leaves the stored one.</summary>
    public bool? ShowPrompts { get; init; }

    /// <summary>output_retention_hours for this run; null leaves the stored one.</summary>
    public long? RetentionHours { get; init; }

    /// <summary>Clients must send it as a bearer token, where set; several are separated by commas.</summary>
    public string? ApiKey { get; init; }

    /// <summary>
    /// Origins whose pages may use the server without a key, separated by commas, besides pages of this machine and of the host that the
    /// request is for; <c>*</c> allows all.
    /// </summary>
    public string AllowedOrigins { get; init; } = "";

    /// <summary>
    /// Host names under which the server answers without a key, separated by commas, besides addresses and local names; <c>*</c> allows
    /// all.
    /// </summary>
    public string AllowedHosts { get; init; } = "";

    /// <summary>The most connections at a time; more are closed.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>Megabytes (2^20 bytes) that all request bodies in flight may hold together; more is refused.</summary>
    public int BodyBudgetMegabytes { get; init; } = 256;

    /// <summary>Seconds that one request body may take to arrive.</summary>
    public double BodySeconds { get; init; } = 300;

    /// <summary>auto, single or multi: whether one GPU is used or all.</summary>
    public string GpuMode { get; init; } = "auto";

    /// <summary>Numbers of the GPUs that may be used, separated by commas; null allows all.</summary>
    public string? GpuIds { get; init; }

    /// <summary>Reported as total_workers; null reports the workers that there are.</summary>
    public int? MaxWorkers { get; init; }

    /// <summary>Base address of an OpenTelemetry collector (OTLP); null takes OTEL_EXPORTER_OTLP_ENDPOINT, and without that nothing is sent.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Answers /metrics to other machines too, with the API key if there is one.</summary>
    public bool PublicMetrics { get; init; }

    public Uri? CollectorAddress => string.IsNullOrEmpty(OtlpEndpoint) ? null
        : Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
        : throw new SettingsException($"otlp endpoint is '{OtlpEndpoint}'; expected an http or https address.");

    public IReadOnlyDictionary<string, string> VoicesByAlias => (VoiceAliases ?? "")
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, { Length: > 0 } voice]
            ? KeyValuePair.Create(name, voice)
            : throw new SettingsException($"voice aliases has '{pair}'; expected name=voice, name=voice."))
        .DistinctBy(pair => pair.Key)
        .ToDictionary();

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

    /// <summary>The origins of <see cref="AllowedOrigins"/>.</summary>
    public IReadOnlyList<string> OriginsAllowed => [.. List(AllowedOrigins).Select(origin => origin.TrimEnd('/')).Select(origin =>
        origin is OriginOptions.All or OriginOptions.None || IsOrigin(origin)
            ? origin
            : throw new SettingsException(
                $"allowed origins is '{AllowedOrigins}'; expected origins such as https://app.example, separated by commas, or *."))];

    /// <summary>The names of <see cref="AllowedHosts"/>.</summary>
    public IReadOnlyList<string> HostsAllowed => [.. List(AllowedHosts).Select(host => !host.Contains('/') && !host.Contains(':')
        ? host
        : throw new SettingsException(
            $"allowed hosts is '{AllowedHosts}'; expected names such as tts.example, without scheme and port, separated by commas, or *."))];

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
        _ = CollectorAddress;
        _ = Address;
        _ = VoicesByAlias;
        _ = AllowedGpus;
        _ = OriginsAllowed;
        _ = HostsAllowed;
        Require(MaxConnections >= 1, "max connections", MaxConnections, "1 or more");
        Require(BodyBudgetMegabytes is >= 32 and <= 65536, "body budget megabytes", BodyBudgetMegabytes, "32 to 65536");
        Require(BodySeconds is >= 1 and <= 86400, "body seconds", BodySeconds, "1 to 86400");
        Require(GpuMode.ToLowerInvariant() is "auto" or "single" or "multi", "gpu mode", $"'{GpuMode}'", "auto, single or multi");
        Require(MaxWorkers is null or >= 1, "max workers", MaxWorkers ?? 0, "1 or more");
        Require(Port is >= 0 and <= 65535, "port", Port, "0 to 65535");
        Require(SiloPort is >= 0 and <= 65535, "silo port", SiloPort, "0 to 65535");
        Require(GatewayPort is >= 0 and <= 65535, "gateway port", GatewayPort, "0 to 65535");
        Require(Threads >= 0, "threads", Threads, "0 or more");
        Require(Slots is >= 1 and <= 256, "slots", Slots, "1 to 256");
        Require(MaxWaitingSeconds > 0, "max waiting seconds", MaxWaitingSeconds, "more than 0");
        Require(MaxPendingJobs >= 1, "max pending jobs", MaxPendingJobs, "1 or more");
        Require(DrainSeconds >= 0, "drain seconds", DrainSeconds, "0 or more");
        Require(IdleUnloadMinutes >= 0, "idle unload minutes", IdleUnloadMinutes, "0 or more");
        Require(AudioFormats.TryParse(DefaultFormat, out _), "default format", DefaultFormat, string.Join(", ", AudioFormats.All.Select(f => f.Name())));
        Require(Temperature is null or (>= 0.1 and <= 2), "temperature", Temperature!, "0.1 to 2");
        Require(CfgScale is null or (>= 1 and <= 10), "cfg scale", CfgScale!, "1 to 10");
        Require(TopP is null or (> 0 and <= 1), "top p", TopP!, "more than 0, at most 1");
        Require(MaxSegmentBytes is null or (>= 20 and <= 4096), "max segment bytes", MaxSegmentBytes!, "20 to 4096");
        Require(MaxPromptSeconds is >= 0.5 and <= 60, "max prompt seconds", MaxPromptSeconds, "0.5 to 60");
        Require(Silo.Length > 0 && !Silo.Contains('/'), "silo", Silo, "a name without a slash");
        return this;
    }

    private static bool IsOrigin(string text) => text.Split("://") is [{ Length: > 0 }, { Length: > 0 } host] && !host.Contains('/');

    private static string[] List(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static void Require(bool holds, string name, object value, string expected)
    {
        if (!holds) throw new SettingsException($"{name} is {value}; expected {expected}.");
    }
}

/// <summary>A setting is wrong; the message names it and says what is expected.</summary>
internal sealed class SettingsException(string message, Exception? cause = null) : Exception(message, cause);
