namespace DiaOrleans.Server.Tests.Proxies;

/// <summary>nginx with its defaults, buffering included, as a process of its own.</summary>
internal sealed class NginxProxy(
    string program,
    int port,
    Uri server,
    PathHandling handling) : ReverseProxy
{
    private NginxProcess? _process;

    public override ValueTask DisposeAsync()
    {
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override Task Start()
    {
        _process = new NginxProcess(program, Configuration());
        return Task.CompletedTask;
    }

    private string Configuration()
    {
        var target = server.GetLeftPart(UriPartial.Authority) + (handling == PathHandling.Kept ? "" : "/");
        var header = handling == PathHandling.Forwarded ? $"proxy_set_header X-Forwarded-Prefix {Prefix};" : "";
        return $$"""
            server {
              listen 127.0.0.1:{{port}};
              location {{Prefix}}/ {
                proxy_pass {{target}};
                proxy_http_version 1.1;
                proxy_set_header Host $http_host;
                {{header}}
              }
            }
            """;
    }
}
