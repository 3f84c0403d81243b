using System.Net;
using System.Net.NetworkInformation;

namespace DiaOrleans.Server.Api.Origins;

/// <summary>
/// Decides which host names a request may be for. This prevents DNS rebinding: if the owner of a page makes the page's host name resolve
/// to this machine, the browser takes this server for the page's own, but the Host header still has that name.
/// </summary>
internal sealed class HostPolicy(OriginOptions options)
{
    private readonly bool _all = options.HasKey || options.AllowedHosts.Contains(OriginOptions.All);
    private readonly HashSet<string> _named = new([.. options.AllowedHosts, .. GetMachineNames()], StringComparer.OrdinalIgnoreCase);

    /// <summary>True if requests for the host are answered.</summary>
    /// <param name="host">Without its port; empty if the request has no Host, which no browser omits.</param>
    public bool Allows(string host) =>
        _all || host.Length == 0 || HostNames.IsAddress(host) || HostNames.IsLocal(host) || _named.Contains(host);

    /// <summary>The machine's name, with and without its domain, from its own settings.</summary>
    private static IEnumerable<string> GetMachineNames()
    {
        yield return Dns.GetHostName();
        var network = IPGlobalProperties.GetIPGlobalProperties();
        if (network.DomainName is { Length: > 0 } domain) yield return $"{network.HostName}.{domain}";
    }
}
