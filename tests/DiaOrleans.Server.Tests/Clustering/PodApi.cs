using System.Text.Json;
using DiaOrleans.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Server.Tests.Clustering;

/// <summary>
/// The part of Kubernetes' API that a silo uses: one pod, the pods with a label, and their deletions as a stream. Each deletion is kept,
/// and sent to every watch that begins at an older version; a version whose deletions are forgotten is gone.
/// </summary>
internal sealed class PodApi : IAsyncDisposable
{
    /// <summary>The namespace.</summary>
    public const string Space = "dia";

    private const string Path = $"/api/v1/namespaces/{Space}/pods";

    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;
    private readonly Dictionary<string, string?> _addresses;
    private readonly List<string> _events = [];
    private readonly Lock _lock = new();
    private int _forgotten;
    private int _watches;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource _end = new();

    /// <param name="pods">Names of the pods in the namespace, all at 127.0.0.1.</param>
    public PodApi(params string[] pods)
    {
        _addresses = pods.ToDictionary(name => name, _ => (string?)"127.0.0.1");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add($"http://127.0.0.1:{FreePorts.Fill(0)[0]}");
        _app.MapGet(Path, (HttpContext context) => context.Request.Query["watch"] == "true" ? Watch(context) : List(context));
        _app.MapGet($"{Path}/{{name}}", (HttpContext context, string name) => context.Response.WriteAsync(Pod(name)));
    }

    /// <summary>Whether the service account may list pods.</summary>
    public bool MayList { get; set; } = true;

    /// <summary>Label of all pods: name of their cluster.</summary>
    public string Cluster { get; init; } = "dia";

    /// <summary>Called after a list is made and before it is sent.</summary>
    public Action Listed { get; set; } = () => { };

    /// <summary>How many watches are open.</summary>
    public int Watches => Volatile.Read(ref _watches);

    /// <summary>File that names this API, for its clients.</summary>
    public string ConfigFile => _folder.File("config");

    /// <summary>Begins to listen.</summary>
    public async Task Start()
    {
        await _app.StartAsync();
        await File.WriteAllTextAsync(ConfigFile, $$"""
            {"apiVersion": "v1", "kind": "Config", "current-context": "test",
             "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test", "namespace": "{{Space}}"} }],
             "users": [{"name": "test", "user": {"token": "test"} }],
             "clusters": [{"name": "test", "cluster": {"server": "{{_app.Urls.Single()}}"} }]}
            """);
    }

    /// <summary>Deletes a pod.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="replaced">Whether there is another pod with its name at once, which has no address yet.</param>
    public void Delete(string name, bool replaced = false)
    {
        lock (_lock)
        {
            _events.Add(Event("DELETED", Pod(name)));
            _addresses.Remove(name);
            if (replaced) _addresses.Add(name, null);
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Forgets the deletions of before.</summary>
    public void Forget()
    {
        lock (_lock) _forgotten = _events.Count;
    }

    /// <summary>Ends the watches that are open.</summary>
    public void EndWatches() => Interlocked.Exchange(ref _end, new CancellationTokenSource()).Cancel();

    public async ValueTask DisposeAsync()
    {
        EndWatches();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private static string Event(string type, string item) => $$"""{"type": "{{type}}", "object": {{item}} }""" + "\n";

    private async Task List(HttpContext context)
    {
        if (!MayList) context.Response.StatusCode = StatusCodes.Status403Forbidden;
        string list;
        lock (_lock)
        {
            var items = string.Join(',', _addresses.Keys.Select(Pod));
            list = $$"""
                {"apiVersion": "v1", "kind": "PodList", "metadata": {"resourceVersion": "{{_events.Count}}"}, "items": [{{items}}]}
                """;
        }

        Listed();
        await context.Response.WriteAsync(list);
    }

    private async Task Watch(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _end.Token);
        var version = int.Parse(context.Request.Query["resourceVersion"]!);
        Interlocked.Increment(ref _watches);
        try
        {
            while (true)
            {
                Task changed;
                string[] events;
                lock (_lock)
                {
                    changed = _changed.Task;
                    events = version < _forgotten ? [Event("ERROR", Gone)] : [.. _events.Skip(version)];
                    version = _events.Count;
                }

                await context.Response.WriteAsync(string.Concat(events), end.Token);
                await context.Response.Body.FlushAsync(end.Token);
                await changed.WaitAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // A stream that ends is complete for its client.
        }
        finally
        {
            Interlocked.Decrement(ref _watches);
        }
    }

    private const string Gone = """{"apiVersion": "v1", "kind": "Status", "status": "Failure", "reason": "Expired", "code": 410}""";

    private string Pod(string name) => JsonSerializer.Serialize(new
    {
        apiVersion = "v1",
        kind = "Pod",
        metadata = new
        {
            name,
            @namespace = Space,
            labels = new Dictionary<string, string> { ["orleans/serviceId"] = "dia-orleans", ["orleans/clusterId"] = Cluster },
        },
        status = new { podIPs = _addresses[name] is { } ip ? new[] { new { ip } } : [] },
    });
}
