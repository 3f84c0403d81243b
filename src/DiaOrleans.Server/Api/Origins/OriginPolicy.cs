namespace DiaOrleans.Server.Api.Origins;

/// <summary>Decides which origins' pages may use this server from a browser; docs/api.md, Origins and hosts.</summary>
internal sealed class OriginPolicy(OriginOptions options)
{
    private const string SchemeEnd = "://";

    private readonly bool _all = options.HasKey || options.AllowedOrigins.Contains(OriginOptions.All);
    private readonly HashSet<string> _named = new(options.AllowedOrigins, StringComparer.OrdinalIgnoreCase);

    /// <summary>True if pages of the origin may read answers and send any request.</summary>
    /// <param name="origin">The Origin header: a scheme, a host and maybe a port, or <c>null</c>.</param>
    /// <param name="ownHost">The host that the request is for, without its port.</param>
    public bool Allows(string origin, string ownHost)
    {
        if (_all || _named.Contains(origin)) return true;
        if (ParseHost(origin) is not { } host) return false;
        return HostNames.IsLoopback(host) || host.Equals(ownHost, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The host of an origin, or null if the text is not an origin.</summary>
    private static string? ParseHost(string origin)
    {
        var end = origin.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (end <= 0) return null;
        var authority = origin[(end + SchemeEnd.Length)..];
        return authority.Length > 0 && !authority.AsSpan().ContainsAny("/\\@?#, ") ? new HostString(authority).Host : null;
    }
}
