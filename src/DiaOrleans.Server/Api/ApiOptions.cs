namespace DiaOrleans.Server.Api;

/// <summary>How the API is guarded.</summary>
internal sealed record ApiOptions
{
    /// <summary>Clients must send it as a bearer token, where set.</summary>
    public string? ApiKey { get; init; }
}
