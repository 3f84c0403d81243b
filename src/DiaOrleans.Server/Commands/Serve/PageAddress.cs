using System.Globalization;
using System.Net;

namespace DiaOrleans.Server.Commands.Serve;

/// <summary>An address that HTTP listens on, as a browser on the same machine opens it.</summary>
/// <param name="Url">Without a slash at its end; an address that means every address of the machine is localhost.</param>
/// <param name="IsOpen">Whether HTTP listens on every address of the machine.</param>
internal readonly record struct PageAddress(string Url, bool IsOpen)
{
    /// <summary>Reads an address as the web server reports it, such as <c>http://0.0.0.0:7860</c>.</summary>
    /// <exception cref="FormatException">It is no address.</exception>
    public static PageAddress Parse(string address)
    {
        var bound = BindingAddress.Parse(address);
        var open = IPAddress.TryParse(bound.Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
        var host = open ? "localhost" : bound.Host;
        return new PageAddress($"{bound.Scheme}://{host}:{bound.Port.ToString(CultureInfo.InvariantCulture)}", open);
    }
}
