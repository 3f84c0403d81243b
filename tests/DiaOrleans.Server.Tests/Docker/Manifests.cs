using k8s;
using k8s.Models;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>The objects of docker/kubernetes, read as Kubernetes' own types: a field that a type does not have is an error.</summary>
internal static class Manifests
{
    /// <summary>All objects.</summary>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> All { get; } =
    [
        .. Directory.EnumerateFiles(DockerFiles.PathOf("kubernetes"), "*.yaml")
            .Where(file => Path.GetFileName(file) != "kustomization.yaml")
            .SelectMany(file => KubernetesYaml.LoadAllFromString(File.ReadAllText(file), strict: true))
            .Cast<IKubernetesObject<V1ObjectMeta>>(),
    ];

    /// <summary>The deployment of the API silos.</summary>
    public static V1Deployment Api { get; } = Of<V1Deployment>().ShouldHaveSingleItem();

    /// <summary>The set of the silos with engines.</summary>
    public static V1StatefulSet Gpu { get; } = Of<V1StatefulSet>().ShouldHaveSingleItem();

    /// <summary>The job that migrates the database.</summary>
    public static V1Job Migrate { get; } = Of<V1Job>().ShouldHaveSingleItem();

    /// <summary>The pods of silos.</summary>
    public static V1PodTemplateSpec[] Silos { get; } = [Api.Spec.Template, Gpu.Spec.Template];

    /// <summary>All pods.</summary>
    public static V1PodTemplateSpec[] Pods { get; } = [.. Silos, Migrate.Spec.Template];

    /// <summary>The objects of a kind.</summary>
    public static T[] Of<T>() => [.. All.OfType<T>()];

    /// <summary>Variables of a container, those of the ConfigMap included; a value that Kubernetes finds is a name or an address.</summary>
    public static Dictionary<string, string> Variables(V1Container container)
    {
        var variables = (container.EnvFrom ?? []).SelectMany(source => Config(source.ConfigMapRef.Name).Data).ToDictionary();
        foreach (var variable in container.Env ?? []) variables[variable.Name] = variable.Value ?? "10.0.0.1";
        return variables;
    }

    private static V1ConfigMap Config(string name) => Of<V1ConfigMap>().Single(map => map.Metadata.Name == name);
}
