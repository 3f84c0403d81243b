using System.Net;
using DiaOrleans.Server.Settings;
using k8s.Autorest;

namespace DiaOrleans.Server.Clustering;

/// <summary>
/// Refuses to start a pod whose service account may not read the pods of its namespace, or that is none of the cluster's pods: the others
/// would declare it dead.
/// </summary>
/// <param name="silo">The silo, which has the name of its pod.</param>
/// <param name="pods">The pods of the cluster.</param>
internal sealed class PodAccess(LocalSiloOptions silo, SiloPods pods) : IHostedLifecycleService
{
    /// <summary>Reads what the watch reads, before the silo starts.</summary>
    /// <exception cref="SettingsException">The service account may not, or a label is missing.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            var pod = await pods.Read(silo.Name, cancellationToken);
            await pods.List(cancellationToken);
            foreach (var (label, value) in pods.Labels) RequireLabel(pod.Metadata.Labels, label, value);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
        {
            throw new SettingsException(
                $"The service account of the pod {silo.Name} may not get, list and watch the pods of the namespace {pods.Space}, by "
                + "which a silo finds out that another one was deleted. docker/kubernetes/rbac.yaml gives that right.",
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
