namespace DiaOrleans.Server.Api.Origins;

/// <summary>Whose pages may use this server, and under which names it is known.</summary>
internal sealed record OriginOptions
{
    /// <summary>Allows all, in either list.</summary>
    public const string All = "*";

    /// <summary>The origin of pages that have none: of files, of frames without rights.</summary>
    public const string None = "null";

    /// <summary>Origins such as <c>https://app.example</c>, besides those that are always allowed.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Host names without a port, besides those that are always known.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Whether an API key guards the server: then every origin and every host is allowed.</summary>
    public bool HasKey { get; init; }
}
