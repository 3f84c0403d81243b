using System.Net;
using System.Net.Sockets;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Hosting;

/// <summary>Finds ports that no program listens on.</summary>
internal static class FreePorts
{
    /// <summary>Replaces each port 0 with a free loopback port; all ports of the result differ.</summary>
    public static int[] Fill(params int[] ports)
    {
        var listeners = new List<TcpListener>();
        try
        {
            return [.. ports.Select(port => port != 0 ? port : Take(listeners))];
        }
        finally
        {
            foreach (var listener in listeners) listener.Stop();
        }
    }

    /// <summary>Checks a port before the silo and the model are started, which takes seconds.</summary>
    /// <exception cref="SettingsException">Another program listens on the port, or the address is not one of this machine.</exception>
    public static void Require(IPAddress address, int port)
    {
        try
        {
            using var listener = Listen(address, port);
        }
        catch (SocketException e)
        {
            var endpoint = new IPEndPoint(address, port);
            var message = $"HTTP cannot listen on {endpoint}: {e.Message}. Choose another port with --port or another address with --host.";
            throw new SettingsException(message, e) { Setting = nameof(HttpOptions.Port) };
        }
    }

    /// <summary>The address that stands for all addresses of the machine: of both families, or of IPv4 if there is no IPv6.</summary>
    public static IPAddress FindAllAddresses()
    {
        try
        {
            using var listener = Listen(IPAddress.IPv6Any, 0);
            return IPAddress.IPv6Any;
        }
        catch (SocketException)
        {
            return IPAddress.Any;
        }
    }

    /// <summary>Listens as the web server does: on :: for both families.</summary>
    private static TcpListener Listen(IPAddress address, int port)
    {
        var listener = new TcpListener(address, port);
        try
        {
            if (address.Equals(IPAddress.IPv6Any)) listener.Server.DualMode = true;
            listener.Start();
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private static int Take(List<TcpListener> listeners)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        listeners.Add(listener);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
