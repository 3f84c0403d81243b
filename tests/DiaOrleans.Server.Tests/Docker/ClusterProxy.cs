using System.Net;
using System.Net.Sockets;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Tests.Proxies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>nginx with the configuration of the cluster, before two servers of this process in place of the API silos.</summary>
internal sealed class ClusterProxy : IAsyncDisposable
{
    private static readonly IPAddress[] Addresses = [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3")];

    private readonly AddressServer _names = new(Addresses);
    private readonly WebApplication?[] _silos = new WebApplication?[Addresses.Length];
    private NginxProcess? _nginx;

    /// <summary>Asks the proxy.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <param name="silos">What each silo answers; null: it does not listen.</param>
    public static async Task<ClusterProxy> Start(params RequestDelegate?[] silos)
    {
        var proxy = new ClusterProxy();
        var port = FreePorts.Fill(0)[0];
        for (var i = 0; i < silos.Length; i++)
        {
            if (silos[i] is not { } answer) continue;
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var silo = proxy._silos[i] = builder.Build();
            silo.Urls.Add($"http://{Addresses[i]}:{port}");
            silo.Run(answer);
            await silo.StartAsync();
        }

        await proxy.Launch(FreePorts.Fill(0)[0], port);
        return proxy;
    }

    /// <summary>The configuration of the repository, with temporary files in a folder.</summary>
    public static string Configuration(string folder) => DockerFiles.Read("nginx/nginx.conf").Replace(" /tmp/", $" {folder}/");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _nginx?.Dispose();
        foreach (var silo in _silos.OfType<WebApplication>()) await silo.DisposeAsync();
        _names.Dispose();
    }

    private async Task Launch(int port, int siloPort)
    {
        _nginx = new NginxProcess(
            NginxProcess.Program!,
            folder => Configuration(folder)
                .Replace("listen 7860;", $"listen 127.0.0.1:{port};")
                .Replace("http://api:7860", $"http://api:{siloPort}")
                .Replace("resolver 127.0.0.11 ", $"resolver {_names.Address} "));
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Listens(port);
    }

    private static async Task Listens(int port)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
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
