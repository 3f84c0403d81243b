using System.Diagnostics;
using System.Net.Sockets;
using DiaOrleans.Cluster.Tests.Silos;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Cluster.Tests.Chaos;

/// <summary>nginx as a process of its own before the HTTP ports of several silos: a request that one refuses is sent to the next.</summary>
internal sealed class NginxUpstreams : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private NginxUpstreams(string program, int port, IEnumerable<int> silos)
    {
        Port = port;
        File.WriteAllText(_folder.File("nginx.conf"), Configuration(silos));
        var arguments = (string[])["-c", _folder.File("nginx.conf"), "-p", _folder.Path, "-e", _folder.File("error.log")];
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
    }

    public int Port { get; }

    /// <summary>Path of the program, or null.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, "nginx"))
        .FirstOrDefault(File.Exists);

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="silos">HTTP ports of the silos.</param>
    public static async Task<NginxUpstreams> Start(IEnumerable<int> silos)
    {
        var nginx = new NginxUpstreams(Program!, FreePorts.Fill(0)[0], silos);
        await Until.Succeeds(async () =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", nginx.Port);
        });
        return nginx;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    private string Configuration(IEnumerable<int> silos)
    {
        string[] temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        return $$"""
            daemon off;
            master_process off;
            pid {{_folder.File("pid")}};
            events { worker_connections 256; }
            http {
              access_log off;
              {{string.Join(' ', temporary.Select(name => $"{name}_temp_path {_folder.File(name)};"))}}
              upstream silos {
                {{string.Join(' ', silos.Select(port => $"server 127.0.0.1:{port} max_fails=0;"))}}
              }
              server {
                listen 127.0.0.1:{{Port}};
                location / {
                  proxy_pass http://silos;
                  proxy_http_version 1.1;
                  proxy_set_header Host $http_host;
                  proxy_buffering off;
                  proxy_connect_timeout 2s;
                  proxy_next_upstream error timeout http_502 http_503 http_504 non_idempotent;
                }
              }
            }
            """;
    }
}
