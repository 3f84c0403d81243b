using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Clustering;

/// <summary>Where a member of a cluster listens for the other silos.</summary>
/// <param name="Advertised">Address and port that the other silos connect to.</param>
/// <param name="Listening">Address and port that this silo listens on.</param>
internal sealed record SiloEndpoint(IPEndPoint Advertised, IPEndPoint Listening)
{
    /// <summary>
    /// The port of members that set none. A silo that is started again under its own address and port replaces its former entry in the
    /// table of members at once.
    /// </summary>
    public const int DefaultPort = 11111;

    /// <summary>The endpoint of settings, whose port is free.</summary>
    /// <exception cref="SettingsException">The host has no address, or another program listens on the port.</exception>
    public static SiloEndpoint Find(LocalSiloOptions options)
    {
        var port = options.SiloPort == 0 ? DefaultPort : options.SiloPort;
        var address = options.Host is { } host ? Resolve(host) : FindOwn();
        // Behind a translation of addresses, the advertised one is not of this machine.
        var any = address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        var listening = new IPEndPoint(IsOfThisMachine(address) ? address : any, port);
        RequireFree(listening);
        return new SiloEndpoint(new IPEndPoint(address, port), listening);
    }

    private static IPAddress Resolve(string host)
    {
        if (IPAddress.TryParse(host, out var address)) return address;
        try
        {
            var found = Dns.GetHostAddresses(host);
            return found.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (Exception e) when (e is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            var message = $"advertised host is '{host}', which has no address; expected an IP address or a name that has one.";
            throw new SettingsException(message, e) { Setting = nameof(LocalSiloOptions.AdvertisedHost) };
        }
    }

    /// <summary>The first address of a network interface that is up; loopback if there is none.</summary>
    private static IPAddress FindOwn() =>
        OwnAddresses().FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a)) ?? IPAddress.Loopback;

    private static bool IsOfThisMachine(IPAddress address) => IPAddress.IsLoopback(address) || OwnAddresses().Contains(address);

    private static IEnumerable<IPAddress> OwnAddresses() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        where network.OperationalStatus != OperationalStatus.Down
        from address in network.GetIPProperties().UnicastAddresses
        select address.Address;

    private static void RequireFree(IPEndPoint endpoint)
    {
        try
        {
            using var listener = new TcpListener(endpoint);
            listener.Start();
        }
        catch (SocketException e)
        {
            var message = $"The silo cannot listen on {endpoint}: {e.Message}. Choose another port with SiloPort (DIA_SILO_PORT).";
            throw new SettingsException(message, e) { Setting = nameof(LocalSiloOptions.SiloPort) };
        }
    }
}
