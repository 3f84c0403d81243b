using k8s;
using Orleans.Hosting.Kubernetes;

namespace DiaOrleans.Server.Clustering;

/// <summary>
/// Members of a cluster that are pods of Kubernetes: two of them watch the pods, and declare a silo dead when its pod is deleted. A silo
/// without such a pod is declared dead too, so all silos of the cluster are pods of one namespace.
/// </summary>
internal static class PodMembership
{
    private const string ApiServer = "KUBERNETES_SERVICE_HOST";

    /// <summary>
    /// Whether this process is a pod that is to watch the others: it knows its name, its namespace and the API server, and the silo has the
    /// name of the pod.
    /// </summary>
    public static bool IsPod(LocalSiloOptions silo) =>
        IsSet(ApiServer)
        && IsSet(KubernetesHostingOptions.PodNamespaceEnvironmentVariable)
        && Environment.GetEnvironmentVariable(KubernetesHostingOptions.PodNameEnvironmentVariable) == silo.Name;

    /// <summary>Adds the watch. What is configured after it replaces the names and addresses that it takes from the pod.</summary>
    public static void UsePods(this ISiloBuilder orleans)
    {
        orleans.Services.AddHostedService<PodAccess>();
        // In a pod this is the service account, unless the variable KUBECONFIG names a file.
        orleans.UseKubernetesHosting(options =>
            options.Configure(pods => pods.GetClientConfiguration = KubernetesClientConfiguration.BuildDefaultConfig));
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
