using k8s;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace DiaOrleans.Server.Clustering;

/// <summary>
/// Members of a cluster that are pods of Kubernetes: two of them watch the pods, and declare a silo dead when its pod is deleted. A silo
/// without such a pod is declared dead too, so all silos of the cluster are pods of one namespace.
/// </summary>
internal static class PodMembership
{
    private const string ApiServer = "KUBERNETES_SERVICE_HOST";
    private const string Namespace = "POD_NAMESPACE";
    private const string Name = "POD_NAME";

    /// <summary>
    /// Whether this process is a pod that is to watch the others: it knows its name, its namespace and the API server, and the silo has the
    /// name of the pod.
    /// </summary>
    public static bool IsPod(LocalSiloOptions silo) =>
        IsSet(ApiServer) && IsSet(Namespace) && Environment.GetEnvironmentVariable(Name) == silo.Name;

    /// <summary>
    /// Adds the watch, after Orleans: services start in their order, and calls that a silo makes at its start fail if it declares another
    /// one dead meanwhile.
    /// </summary>
    public static void AddPodWatch(this IServiceCollection services)
    {
        // In a pod the default configuration is the service account, unless the variable KUBECONFIG names a file.
        services.AddSingleton(provider => new SiloPods(
            KubernetesClientConfiguration.BuildDefaultConfig(),
            Environment.GetEnvironmentVariable(Namespace)!,
            provider.GetRequiredService<IOptions<ClusterOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<PodAccess>();
        services.AddHostedService<PodWatch>();
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
