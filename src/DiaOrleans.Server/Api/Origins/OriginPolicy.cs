namespace DiaOrleans.Server.Api.Origins;

/// <summary>Which pages may use this server from a browser; spec/api.md 1.2.</summary>
internal sealed class OriginPolicy(OriginOptions options)
{
    private const string SchemeEnd = "://";

    private readonly bool _all = options.HasKey || options.AllowedOrigins.Contains(OriginOptions.All);
    private readonly HashSet<string> _named = new(options.AllowedOrigins, StringComparer.OrdinalIgnoreCase);

    /// <param name="origin">As a browser sends it: a scheme, a host and perhaps a port, or <c>null</c>.</param>
    /// <param name="ownHost">The host that the request is for, without its port.</param>
    public bool Allows(string origin, string ownHost)
    {
        if (_all || _named.Contains(origin)) return true;
        if (HostOf(origin) is not { } host) return false;
        return HostNames.IsLoopback(host) || host.Equals(ownHost, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The host of an origin, null where it is none.</summary>
    private static string? HostOf(string origin)
    {
        var end = origin.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (end <= 0) return null;
        var authority = origin[(end + SchemeEnd.Length)..];
        return authority.Length > 0 && !authority.AsSpan().ContainsAny("/\\@?#, ") ? new HostString(authority).Host : null;
    }
}
