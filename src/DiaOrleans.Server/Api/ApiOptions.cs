namespace DiaOrleans.Server.Api;

/// <summary>What the API must know of the server's settings.</summary>
internal sealed record ApiOptions
{
    /// <summary>Clients must send it as a bearer token, where set; several are separated by commas.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Format of OpenAI's speech route, where the client names none.</summary>
    public string DefaultFormat { get; init; } = "wav";

    /// <summary>Names that clients have built in, for voices of this server.</summary>
    public IReadOnlyDictionary<string, string> VoiceAliases { get; init; } = new Dictionary<string, string>();

    /// <summary>auto, single or multi.</summary>
    public string GpuMode { get; init; } = "auto";

    /// <summary>Null allows all.</summary>
    public IReadOnlyList<int>? AllowedGpus { get; init; }

    /// <summary>Reported as total_workers; null reports the workers that there are.</summary>
    public int? MaxWorkers { get; init; }
}
