using System.Net.Sockets;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Proxies;

/// <summary>How a proxy serves a server under a path.</summary>
internal enum PathHandling
{
    /// <summary>It removes the path from requests and says nothing of it.</summary>
    Removed,

    /// <summary>It removes the path from requests and sends it as X-Forwarded-Prefix.</summary>
    Forwarded,

    /// <summary>It leaves the path in requests.</summary>
    Kept,
}

/// <summary>A reverse proxy that serves a server under a path: nginx if this machine has it, else one of this process.</summary>
internal abstract class ReverseProxy : IAsyncDisposable
{
    public const string Prefix = "/tts";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    /// <summary>The server's root for clients of the proxy, with a slash at its end.</summary>
    public Uri Address { get; private set; } = null!;

    /// <param name="server">Address of the server.</param>
    /// <param name="handling">What the proxy does with the path.</param>
    /// <param name="own">Takes the proxy of this process also if there is nginx.</param>
    public static async Task<ReverseProxy> Start(Uri server, PathHandling handling, bool own = false)
    {
        var port = FreePorts.Fill(0)[0];
        var proxy = !own && NginxProcess.Program is { } nginx
            ? (ReverseProxy)new NginxProxy(nginx, port, server, handling)
            : new ForwardingProxy(port, server, handling);
        proxy.Address = new Uri($"http://127.0.0.1:{port}{Prefix}/");
        await proxy.Start();
        await Listens(port);
        return proxy;
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task Start();

    private static async Task Listens(int port)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        while (true)
        {
            try
            {
                using var connection = new TcpClient();
                await connection.ConnectAsync("127.0.0.1", port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }
}
