namespace DiaOrleans.Server.Api;

/// <summary>How the API is guarded, and what it takes for granted.</summary>
internal sealed record ApiOptions
{
    /// <summary>Clients must send it as a bearer token, where set.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Format of OpenAI's speech route, where the client names none.</summary>
    public string DefaultFormat { get; init; } = "wav";

    /// <summary>Names that clients have built in, for voices of this server.</summary>
    public IReadOnlyDictionary<string, string> VoiceAliases { get; init; } = new Dictionary<string, string>();
}
