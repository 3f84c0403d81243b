namespace DiaOrleans.Server.Api;

/// <summary>What the API must know of the server's settings.</summary>
internal sealed record ApiOptions
{
    /// <summary>Clients must send it as a bearer token, where set; several are separated by commas.</summary>
    public string? ApiKey { get; init; }

    /// <summary>auto, single or multi.</summary>
    public string GpuMode { get; init; } = "auto";

    /// <summary>Null allows all.</summary>
    public IReadOnlyList<int>? AllowedGpus { get; init; }
}
