using System.Globalization;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>Each compose file by itself, and those that are added to one.</summary>
public sealed class ComposeTests
{
    private static readonly ImageFile Image = new("Dockerfile");

    public static TheoryData<string> Complete { get; } = ["compose.yml", "compose.cluster.yml"];

    [Theory]
    [MemberData(nameof(Complete))]
    public void Variables_are_settings_with_valid_values(string name)
    {
        var file = new ComposeFile(name);
        file.Servers.ShouldNotBeEmpty();
        foreach (var (service, description) in file.Services)
        {
            var variables = ComposeFile.Variables(description)
                .Where(variable => variable.Key.StartsWith("DIA_", StringComparison.Ordinal))
                .ToDictionary();
            variables.Keys.ShouldBeSubsetOf(DockerFiles.Settings.Keys, service);
            Should.NotThrow(() => DockerFiles.ReadSettings(variables), service);
        }
    }

    [Theory]
    [MemberData(nameof(Complete))]
    public void A_server_writes_to_its_volume_alone_and_has_time_to_drain(string name)
    {
        var file = new ComposeFile(name);
        var volumes = file.Servers.Values.Select(service => ComposeFile.List(service, "volumes")).ToArray();
        foreach (var (service, description) in file.Servers)
        {
            $"{description["read_only"]}".ShouldBe("true", service);
            ComposeFile.List(description, "cap_drop").ShouldBe(["ALL"], service);
            var writable = ComposeFile.List(description, "volumes").Where(volume => !volume.EndsWith(":ro", StringComparison.Ordinal));
            writable.Count().ShouldBe(1, service);
            var longest = DockerFiles.LongestStop(DockerFiles.ReadSettings(ComposeFile.Variables(description)));
            Seconds($"{description["stop_grace_period"]}").ShouldBeGreaterThanOrEqualTo(longest.TotalSeconds, service);
        }

        volumes.Select(list => list[0]).ShouldBeUnique();
        volumes.ShouldAllBe(list => list[0].EndsWith($":{Image.Only("VOLUME")}", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Complete))]
    public void What_services_name_is_there(string name)
    {
        var file = new ComposeFile(name);
        foreach (var (service, description) in file.Services)
        {
            ComposeFile.Dependencies(description).ShouldBeSubsetOf(file.Services.Keys, service);
            ComposeFile.List(description, "secrets").ShouldBeSubsetOf(file.Section("secrets").Keys, service);
            foreach (var source in ComposeFile.List(description, "volumes").Select(volume => volume.Split(':')[0]))
            {
                if (source.StartsWith('.')) Path.Exists(DockerFiles.PathOf(source)).ShouldBeTrue($"{service}: {source}");
                else file.Section("volumes").Keys.ShouldContain(source, service);
            }

            foreach (var (variable, path) in ComposeFile.Variables(description).Where(v => v.Value.StartsWith("/run/secrets/")))
                ComposeFile.List(description, "secrets").ShouldContain(Path.GetFileName(path), $"{service}: {variable}");
        }

        foreach (var build in file.Services.Values.Select(service => service["build"]).OfType<System.Text.Json.Nodes.JsonObject>())
        {
            Path.GetFullPath(DockerFiles.PathOf($"{build["context"]}")).TrimEnd('/').ShouldBe(DockerFiles.Root);
            File.Exists(Path.Combine(DockerFiles.Root, $"{build["dockerfile"]}")).ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(Complete))]
    public void Clients_reach_the_port_of_the_server(string name)
    {
        var file = new ComposeFile(name);
        var front = file.Services.GetValueOrDefault("nginx") ?? file.Services["dia"];
        ComposeFile.List(front, "ports").ShouldBe([$"{new HttpOptions().Port}:{new HttpOptions().Port}"]);
        var others = file.Services.Values.Where(service => service != front).SelectMany(service => ComposeFile.List(service, "ports"));
        others.ShouldAllBe(port => port.StartsWith("127.0.0.1:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("compose.yml", "compose.cuda.yml")]
    [InlineData("compose.cluster.yml", "compose.cluster.cuda.yml")]
    public void The_files_for_GPUs_give_one_to_each_service_with_an_engine(string name, string added)
    {
        var file = new ComposeFile(name);
        var overlay = new ComposeFile(added);
        var engines = file.Servers.Where(service => ComposeFile.Variables(service.Value).GetValueOrDefault("DIA_ROLE") != "api");
        overlay.Services.Keys.ShouldBe(engines.Select(service => service.Key), ignoreOrder: true);
        var resources = overlay.Services.Values.Select(service => service["deploy"]!["resources"]!);
        var devices = resources.Select(limits => limits["reservations"]!["devices"]![0]!).ToArray();
        devices.ShouldAllBe(device => $"{device["driver"]}" == "nvidia" && $"{device["capabilities"]![0]}" == "gpu");
        devices.Select(device => $"{device["count"]}{device["device_ids"]?[0]}").ShouldBeUnique();
        overlay.Services.Values.ShouldAllBe(service => $"{service["image"]}" == "diaorleans-cuda");
        overlay.Services.Values.ShouldAllBe(service => $"{service["build"]!["dockerfile"]}" == "docker/Dockerfile.cuda");
    }

    private static double Seconds(string text) => double.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture);
}
