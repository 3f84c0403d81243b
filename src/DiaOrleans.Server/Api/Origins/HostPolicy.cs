using System.Net;
using System.Net.NetworkInformation;

namespace DiaOrleans.Server.Api.Origins;

/// <summary>
/// Under which names this server answers. A page of a name that its owner points at this machine after it was loaded has this server's
/// origin for the browser; its requests still say that name.
/// </summary>
internal sealed class HostPolicy(OriginOptions options)
{
    private readonly bool _all = options.HasKey || options.AllowedHosts.Contains(OriginOptions.All);
    private readonly HashSet<string> _named = new([.. options.AllowedHosts, .. OfThisMachine()], StringComparer.OrdinalIgnoreCase);

    /// <param name="host">Without its port; empty where the client named none, as no browser does.</param>
    public bool Knows(string host) =>
        _all || host.Length == 0 || HostNames.IsAddress(host) || HostNames.IsLocal(host) || _named.Contains(host);

    /// <summary>The machine's full name, from its own settings.</summary>
    private static IEnumerable<string> OfThisMachine()
    {
        yield return Dns.GetHostName();
        var network = IPGlobalProperties.GetIPGlobalProperties();
        if (network.DomainName is { Length: > 0 } domain) yield return $"{network.HostName}.{domain}";
    }
}
