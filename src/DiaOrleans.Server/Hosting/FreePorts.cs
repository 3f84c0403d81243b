using System.Net;
using System.Net.Sockets;

namespace DiaOrleans.Server.Hosting;

/// <summary>Loopback ports that nobody listens on now.</summary>
internal static class FreePorts
{
    /// <summary>The given ports, each 0 replaced by a free one; all of them differ.</summary>
    public static int[] Fill(params int[] wanted)
    {
        var listeners = new List<TcpListener>();
        try
        {
            return [.. wanted.Select(port => port != 0 ? port : Take(listeners))];
        }
        finally
        {
            foreach (var listener in listeners) listener.Stop();
        }
    }

    /// <summary>Finds out before a silo and a model are started for nothing.</summary>
    /// <exception cref="SettingsException">Somebody listens on the port, or the address is not this machine's.</exception>
    public static void Require(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
        }
        catch (SocketException problem)
        {
            throw new SettingsException($"HTTP cannot listen on {new IPEndPoint(address, port)}: {problem.Message}. Choose another port with --port or another address with --host.", problem);
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
