using System.Net.Sockets;
using DiaOrleans.Cluster.Tests.Silos;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Tests.Proxies;

namespace DiaOrleans.Cluster.Tests.Chaos;

/// <summary>nginx as a process of its own before the HTTP ports of several silos: a request that one refuses is sent to the next.</summary>
internal sealed class NginxUpstreams : IDisposable
{
    private readonly NginxProcess _process;

    private NginxUpstreams(string program, int port, IEnumerable<int> silos)
    {
        Port = port;
        _process = new NginxProcess(program, Configuration(port, silos));
    }

    public int Port { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="silos">HTTP ports of the silos.</param>
    public static async Task<NginxUpstreams> Start(IEnumerable<int> silos)
    {
        var nginx = new NginxUpstreams(NginxProcess.Program!, FreePorts.Fill(0)[0], silos);
        await Until.Succeeds(async () =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", nginx.Port);
        });
        return nginx;
    }

    public void Dispose() => _process.Dispose();

    private static string Configuration(int port, IEnumerable<int> silos) => $$"""
        upstream silos {
          {{string.Join(' ', silos.Select(silo => $"server 127.0.0.1:{silo} max_fails=0;"))}}
        }
        server {
          listen 127.0.0.1:{{port}};
          location / {
            proxy_pass http://silos;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_buffering off;
            proxy_connect_timeout 2s;
            proxy_next_upstream error timeout http_502 http_503 http_504 non_idempotent;
          }
        }
        """;
}
