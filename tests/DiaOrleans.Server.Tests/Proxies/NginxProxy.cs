using System.Diagnostics;

namespace DiaOrleans.Server.Tests.Proxies;

/// <summary>nginx with its defaults, buffering included, as a process of its own.</summary>
internal sealed class NginxProxy(
    string program,
    int port,
    Uri server,
    PathHandling handling) : ReverseProxy
{
    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    /// <summary>Path of the program, or null.</summary>
    public static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, "nginx"))
        .FirstOrDefault(File.Exists);

    public override async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _folder.Dispose();
    }

    protected override async Task Start()
    {
        await File.WriteAllTextAsync(_folder.File("nginx.conf"), Configuration());
        var start = new ProcessStartInfo(program, ["-c", _folder.File("nginx.conf"), "-p", _folder.Path, "-e", _folder.File("error.log")])
        {
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
    }

    private string Configuration()
    {
        var target = server.GetLeftPart(UriPartial.Authority) + (handling == PathHandling.Kept ? "" : "/");
        var header = handling == PathHandling.Forwarded ? $"proxy_set_header X-Forwarded-Prefix {Prefix};" : "";
        string[] temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        return $$"""
            daemon off;
            master_process off;
            pid {{_folder.File("pid")}};
            events { worker_connections 256; }
            http {
              access_log off;
              {{string.Join(' ', temporary.Select(name => $"{name}_temp_path {_folder.File(name)};"))}}
              server {
                listen 127.0.0.1:{{port}};
                location {{Prefix}}/ {
                  proxy_pass {{target}};
                  proxy_http_version 1.1;
                  proxy_set_header Host $http_host;
                  {{header}}
                }
              }
            }
            """;
    }
}
