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

    private static int Take(List<TcpListener> listeners)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        listeners.Add(listener);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
