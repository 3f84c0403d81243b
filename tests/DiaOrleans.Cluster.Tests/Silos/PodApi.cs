using System.Text.Json;
using System.Threading.Channels;
using DiaOrleans.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Cluster.Tests.Silos;

/// <summary>The part of Kubernetes' API that a silo uses: one pod, the pods with a label, and their changes as a stream.</summary>
internal sealed class PodApi : IAsyncDisposable
{
    private const string Path = "/api/v1/namespaces/dia/pods";

    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;
    private readonly string[] _pods;
    private readonly Channel<string> _changes = Channel.CreateUnbounded<string>();

    /// <param name="pods">Names of the pods in the namespace.</param>
    public PodApi(params string[] pods)
    {
        _pods = pods;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add($"http://127.0.0.1:{FreePorts.Fill(0)[0]}");
        _app.MapGet(Path, (HttpContext context) => context.Request.Query["watch"] == "true" ? Watch(context) : List(context));
        _app.MapGet($"{Path}/{{name}}", (HttpContext context, string name) => context.Response.WriteAsync(Pod(name)));
    }

    /// <summary>Whether the service account may list pods.</summary>
    public bool MayList { get; init; } = true;

    /// <summary>Label of all pods: name of their cluster.</summary>
    public string Cluster { get; init; } = "dia";

    /// <summary>Begins to listen.</summary>
    public async Task Start()
    {
        await _app.StartAsync();
        await File.WriteAllTextAsync(_folder.File("config"), $$"""
            {"apiVersion": "v1", "kind": "Config", "current-context": "test",
             "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test", "namespace": "dia"} }],
             "users": [{"name": "test", "user": {"token": "test"} }],
             "clusters": [{"name": "test", "cluster": {"server": "{{_app.Urls.Single()}}"} }]}
            """);
    }

    /// <summary>Settings of a silo that is a pod.</summary>
    public SiloSettings Describe(SiloSettings settings) => settings with
    {
        Variables = new Dictionary<string, string>
        {
            ["KUBERNETES_SERVICE_HOST"] = "127.0.0.1",
            ["KUBECONFIG"] = _folder.File("config"),
            ["POD_NAME"] = settings.Name,
            ["POD_NAMESPACE"] = "dia",
        },
    };

    /// <summary>Says that a pod was deleted.</summary>
    public void Delete(string name) => _changes.Writer.TryWrite($$"""{"type": "DELETED", "object": {{Pod(name)}} }""");

    public async ValueTask DisposeAsync()
    {
        _changes.Writer.Complete();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private async Task List(HttpContext context)
    {
        if (!MayList) context.Response.StatusCode = StatusCodes.Status403Forbidden;
        var items = string.Join(',', _pods.Select(Pod));
        await context.Response.WriteAsync($$"""{"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": [{{items}}]}""");
    }

    /// <summary>Only one silo gets a change: it is the one that must act.</summary>
    private async Task Watch(HttpContext context)
    {
        await context.Response.Body.FlushAsync();
        await foreach (var change in _changes.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync(change.ReplaceLineEndings("") + "\n");
            await context.Response.Body.FlushAsync();
        }
    }

    private string Pod(string name) => JsonSerializer.Serialize(new
    {
        apiVersion = "v1",
        kind = "Pod",
        metadata = new
        {
            name,
            @namespace = "dia",
            labels = new Dictionary<string, string> { ["orleans/serviceId"] = "dia-orleans", ["orleans/clusterId"] = Cluster },
        },
    });
}
