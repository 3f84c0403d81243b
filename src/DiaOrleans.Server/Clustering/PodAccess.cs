using System.Net;
using DiaOrleans.Server.Settings;
using k8s;
using k8s.Autorest;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting.Kubernetes;

namespace DiaOrleans.Server.Clustering;

/// <summary>
/// Refuses to start a pod whose service account may not read the pods of its namespace: Orleans' watch would ask again without a pause,
/// and the silo would never be up.
/// </summary>
/// <param name="cluster">Names of the cluster, which are labels of its pods.</param>
/// <param name="pods">The API server.</param>
internal sealed class PodAccess(IOptions<ClusterOptions> cluster, IOptions<KubernetesHostingOptions> pods) : IHostedLifecycleService
{
    /// <summary>Reads what the watch reads, before the silo starts.</summary>
    /// <exception cref="SettingsException">The service account may not.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var space = Environment.GetEnvironmentVariable(KubernetesHostingOptions.PodNamespaceEnvironmentVariable)!;
        var name = Environment.GetEnvironmentVariable(KubernetesHostingOptions.PodNameEnvironmentVariable)!;
        using var client = new k8s.Kubernetes(pods.Value.GetClientConfiguration());
        try
        {
            var pod = await client.CoreV1.ReadNamespacedPodAsync(name, space, cancellationToken: cancellationToken);
            await client.CoreV1.ListNamespacedPodAsync(space, limit: 1, cancellationToken: cancellationToken);
            RequireLabel(pod.Metadata.Labels, KubernetesHostingOptions.ServiceIdLabel, cluster.Value.ServiceId);
            RequireLabel(pod.Metadata.Labels, KubernetesHostingOptions.ClusterIdLabel, cluster.Value.ClusterId);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
        {
            throw new SettingsException(
                $"The service account of the pod {name} may not get, list and watch the pods of the namespace {space}, by which a silo "
                + "finds out that another one was deleted. docker/kubernetes/rbac.yaml gives that right.",
                e);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void RequireLabel(IDictionary<string, string>? labels, string label, string expected)
    {
        if (labels is not null && labels.TryGetValue(label, out var value) && value == expected) return;
        throw new SettingsException($"The label {label} of the pod is not '{expected}', by which the silos of a cluster find their pods.");
    }
}
