namespace DiaOrleans.Server.Api.Origins;

/// <summary>Whose pages may use this server, and under which names it is known.</summary>
internal sealed record OriginOptions
{
    /// <summary>Allows all, in either list.</summary>
    public const string All = "*";

    /// <summary>The origin of pages that have none: of files, of frames without rights.</summary>
    public const string None = "null";

    /// <summary>
    /// Origins such as <c>https://app.example</c> whose pages may use the server without a key, besides pages of this machine and of the
    /// host that the request is for; <c>*</c> allows all.
    /// </summary>
    [OriginList]
    public IReadOnlyList<string> AllowedOrigins
    {
        get;
        init => field = [.. value.Select(origin => origin.TrimEnd('/'))];
    }
    = [];

    /// <summary>
    /// Host names without a port under which the server answers without a key, besides addresses and local names; <c>*</c> allows all.
    /// </summary>
    [HostList]
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Whether an API key is needed: then every origin and every host is allowed. Not a setting.</summary>
    internal bool HasKey { get; init; }
}
