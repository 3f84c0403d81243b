namespace DiaOrleans.Server.Api.Proxies;

/// <summary>How clients reach the server.</summary>
internal sealed record ProxyOptions
{
    /// <summary>
    /// Path under which a reverse proxy serves this server, such as /tts, whether it removes the path from requests or not; empty, the
    /// default, is the root. Without it the header X-Forwarded-Prefix of the request is used.
    /// </summary>
    [BasePath]
    public string BasePath { get; init; } = "";
}
