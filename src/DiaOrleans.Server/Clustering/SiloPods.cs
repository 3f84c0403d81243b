using k8s;
using k8s.Models;
using Orleans.Configuration;

namespace DiaOrleans.Server.Clustering;

/// <summary>The pods of a cluster, which Kubernetes' API server knows. They have the names of the cluster as labels.</summary>
/// <param name="server">The API server, and the account that asks it.</param>
/// <param name="space">Namespace of the pods.</param>
/// <param name="cluster">Names of the cluster.</param>
/// <param name="time">Clock of the limit of a watch.</param>
internal sealed class SiloPods(KubernetesClientConfiguration server, string space, ClusterOptions cluster, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LongestWatch = TimeSpan.FromMinutes(5);

    /// <summary>After that the connection is taken for lost.</summary>
    private static readonly TimeSpan Silence = LongestWatch + TimeSpan.FromSeconds(30);

    private readonly k8s.Kubernetes _client = new(server);

    /// <summary>Namespace of the pods.</summary>
    public string Space => space;

    /// <summary>The labels of the pods.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; } = new Dictionary<string, string>
    {
        ["orleans/serviceId"] = cluster.ServiceId,
        ["orleans/clusterId"] = cluster.ClusterId,
    };

    private string Selector => string.Join(',', Labels.Select(label => $"{label.Key}={label.Value}"));

    /// <summary>Reads one pod of the namespace.</summary>
    public Task<V1Pod> Read(string name, CancellationToken cancellation) =>
        _client.CoreV1.ReadNamespacedPodAsync(name, space, cancellationToken: cancellation);

    /// <summary>Lists the pods of the cluster.</summary>
    public Task<V1PodList> List(CancellationToken cancellation) =>
        _client.CoreV1.ListNamespacedPodAsync(space, labelSelector: Selector, cancellationToken: cancellation);

    /// <summary>Waits until a pod of the cluster is deleted, for five minutes at most.</summary>
    /// <param name="version">Version of the list that the wait begins at: what was deleted after it counts.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The pod as it was last; null if the API server has ended the watch.</returns>
    /// <exception cref="KubernetesException">The API server no longer knows what has changed since the version.</exception>
    public async Task<V1Pod?> WaitForDeletion(string version, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(Silence, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellation);
        var changes = _client.CoreV1.WatchListNamespacedPodAsync(
            space,
            labelSelector: Selector,
            resourceVersion: version,
            timeoutSeconds: (int)LongestWatch.TotalSeconds,
            // Without it the library drops errors.
            onError: problem => throw problem,
            cancellationToken: end.Token);
        await foreach (var (change, pod) in changes)
        {
            if (change == WatchEventType.Deleted) return pod;
        }

        return null;
    }

    public void Dispose() => _client.Dispose();
}
