using System.Net;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Hosting;
using k8s.Models;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>The manifests of docker/kubernetes, compared with the settings, the images and each other.</summary>
public sealed class ManifestTests
{
    private static readonly ImageFile Image = new("Dockerfile");

    [Fact]
    public void The_kustomization_has_every_file_but_the_example_of_the_secret()
    {
        var files = Directory.EnumerateFiles(DockerFiles.PathOf("kubernetes"), "*.yaml").Select(file => Path.GetFileName(file)!);
        var kustomization = DockerFiles.ReadYaml("kubernetes/kustomization.yaml");
        kustomization["resources"]!.AsArray().Select(file => $"{file}")
            .ShouldBe(files.Except(["kustomization.yaml", "secret.example.yaml"]), ignoreOrder: true);
        var images = Manifests.Pods.SelectMany(pod => pod.Spec.Containers).Select(container => container.Image).Distinct();
        kustomization["images"]!.AsArray().Select(image => $"{image!["name"]}").ShouldBe(images, ignoreOrder: true);
        Manifests.Of<V1Namespace>().ShouldHaveSingleItem().Metadata.Name.ShouldBe($"{kustomization["namespace"]}");
        Manifests.Of<V1Secret>().ShouldHaveSingleItem().Metadata.NamespaceProperty.ShouldBe($"{kustomization["namespace"]}");
    }

    [Fact]
    public void Variables_are_settings_with_valid_values()
    {
        foreach (var container in Manifests.Pods.SelectMany(pod => pod.Spec.Containers))
        {
            var variables = Manifests.Variables(container);
            var names = variables.Keys.Where(name => name.StartsWith("DIA_", StringComparison.Ordinal));
            names.ShouldBeSubsetOf(DockerFiles.Settings.Keys, container.Name);
            Should.NotThrow(() => DockerFiles.ReadSettings(variables), container.Name);
        }

        Role(Manifests.Api.Spec.Template).ShouldBe("api");
        Role(Manifests.Gpu.Spec.Template).ShouldBe("gpu");
    }

    [Fact]
    public void Ports_are_those_of_the_settings_and_probes_ask_the_paths_of_health()
    {
        foreach (var container in Manifests.Silos.Select(pod => pod.Spec.Containers.ShouldHaveSingleItem()))
        {
            var silo = DockerFiles.ReadSettings(Manifests.Variables(container)).Get<LocalSiloOptions>();
            container.Ports.Single(port => port.Name == "http").ContainerPort.ShouldBe(new HttpOptions().Port);
            container.Ports.Single(port => port.Name == "silo").ContainerPort.ShouldBe(silo.SiloPort);
            container.StartupProbe.HttpGet.Path.ShouldBe("/health/startup");
            container.ReadinessProbe.HttpGet.Path.ShouldBe("/health/ready");
            container.LivenessProbe.HttpGet.Path.ShouldBe("/health");
            V1Probe[] probes = [container.StartupProbe, container.ReadinessProbe, container.LivenessProbe];
            probes.ShouldAllBe(probe => probe.HttpGet.Port.Value == "http");
        }

        Manifests.Of<V1Service>().SelectMany(service => service.Spec.Ports)
            .ShouldAllBe(port => port.Port == new HttpOptions().Port && port.TargetPort.Value == "http");
    }

    [Fact]
    public async Task Probes_are_answered_and_find_a_server_that_is_ready()
    {
        await using var server = await RunningServer.Start();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        foreach (var container in Manifests.Silos.Select(pod => pod.Spec.Containers[0]))
        {
            V1Probe[] probes = [container.StartupProbe, container.ReadinessProbe, container.LivenessProbe];
            foreach (var path in probes.Select(probe => probe.HttpGet.Path))
            {
                while ((await server.Client.GetAsync(path, limit.Token)).StatusCode is var status && status != HttpStatusCode.OK)
                {
                    status.ShouldBe(HttpStatusCode.ServiceUnavailable, path);
                    await Task.Delay(100, limit.Token);
                }
            }
        }
    }

    [Fact]
    public void A_pod_writes_to_its_volume_alone_as_the_user_of_the_image()
    {
        foreach (var pod in Manifests.Pods)
        {
            $"{pod.Spec.SecurityContext.RunAsUser}:{pod.Spec.SecurityContext.RunAsGroup}".ShouldBe(Image.Only("USER"));
            pod.Spec.SecurityContext.RunAsNonRoot.ShouldBe(true);
            pod.Spec.SecurityContext.FsGroup.ShouldBe(pod.Spec.SecurityContext.RunAsGroup, "a volume belongs to root");
            pod.Spec.EnableServiceLinks.ShouldBe(false, "a Service may be named so that its variables look like settings");
            foreach (var container in pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []))
            {
                container.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true);
                container.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false);
                container.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"]);
                var writable = container.VolumeMounts.Where(mount => mount.ReadOnlyProperty != true);
                writable.ShouldHaveSingleItem().MountPath.ShouldBe(Image.Only("VOLUME"));
            }
        }
    }

    [Fact]
    public void A_silo_has_time_to_drain()
    {
        foreach (var pod in Manifests.Silos)
        {
            var longest = DockerFiles.LongestStop(DockerFiles.ReadSettings(Manifests.Variables(pod.Spec.Containers[0])));
            pod.Spec.TerminationGracePeriodSeconds!.Value.ShouldBeGreaterThanOrEqualTo((long)longest.TotalSeconds);
        }
    }

    [Fact]
    public void The_secret_has_the_files_that_the_settings_name()
    {
        var secret = Manifests.Of<V1Secret>().ShouldHaveSingleItem();
        foreach (var pod in Manifests.Pods)
        {
            var container = pod.Spec.Containers.ShouldHaveSingleItem();
            var mount = container.VolumeMounts.Single(mount => mount.MountPath.StartsWith("/run/secrets/", StringComparison.Ordinal));
            pod.Spec.Volumes.Single(volume => volume.Name == mount.Name).Secret.SecretName.ShouldBe(secret.Metadata.Name);
            var files = Manifests.Variables(container).Values.Where(value => value.StartsWith("/run/secrets/", StringComparison.Ordinal));
            files.ShouldBe(secret.StringData.Keys.Select(key => $"{mount.MountPath}/{key}"));
        }
    }

    [Fact]
    public void Selectors_find_the_pods()
    {
        IDictionary<string, string>[] pods = [.. Manifests.Silos.Select(pod => pod.Metadata.Labels)];
        IDictionary<string, string>[] selectors =
        [
            Manifests.Api.Spec.Selector.MatchLabels,
            Manifests.Gpu.Spec.Selector.MatchLabels,
            .. Manifests.Of<V1Service>().Select(service => service.Spec.Selector),
            .. Manifests.Of<V1PodDisruptionBudget>().Select(budget => budget.Spec.Selector.MatchLabels),
            .. Manifests.Api.Spec.Template.Spec.TopologySpreadConstraints.Select(spread => spread.LabelSelector.MatchLabels),
        ];
        foreach (var selector in selectors)
            pods.Count(labels => selector.All(wanted => labels.Contains(wanted))).ShouldBe(1, string.Join(' ', selector));
        Manifests.Of<V1PodDisruptionBudget>().Length.ShouldBe(Manifests.Silos.Length);
        Manifests.Of<V1Service>().ShouldContain(service => service.Metadata.Name == Manifests.Gpu.Spec.ServiceName);
    }

    [Fact]
    public void A_pod_with_an_engine_has_one_GPU_the_image_for_it_and_a_volume_that_stays()
    {
        var container = Manifests.Gpu.Spec.Template.Spec.Containers.ShouldHaveSingleItem();
        container.Resources.Limits["nvidia.com/gpu"].ToString().ShouldBe("1");
        container.Image.ShouldBe("diaorleans-cuda");
        Manifests.Gpu.Spec.VolumeClaimTemplates.ShouldHaveSingleItem().Metadata.Name.ShouldBe(
            container.VolumeMounts.Single(mount => mount.MountPath == Image.Only("VOLUME")).Name);
        var pull = Manifests.Gpu.Spec.Template.Spec.InitContainers.ShouldHaveSingleItem();
        pull.Args[^1].ShouldBe(Manifests.Variables(container)["DIA_MODEL"]);
        Manifests.Api.Spec.Template.Spec.Containers[0].Resources.Limits.Keys.ShouldNotContain("nvidia.com/gpu");
    }

    private static string Role(V1PodTemplateSpec pod) =>
        DockerFiles.ReadSettings(Manifests.Variables(pod.Spec.Containers[0])).Get<LocalSiloOptions>().Role;
}
