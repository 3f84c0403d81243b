using System.Data.Common;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>compose.cluster.yml beside the configurations of nginx, Prometheus and Grafana that it mounts, and the secrets.</summary>
public sealed partial class ClusterFilesTests
{
    private static readonly ComposeFile File = new("compose.cluster.yml");
    private static readonly string Proxy = DockerFiles.Read("nginx/nginx.conf");

    [Fact]
    public void It_has_two_silos_of_each_role_with_their_own_names()
    {
        Roles("api").ShouldBe(["api1", "api2"]);
        Roles("gpu").ShouldBe(["gpu1", "gpu2"]);
        foreach (var (name, service) in File.Servers) ComposeFile.Variables(service)["DIA_SILO"].ShouldBe(name);
    }

    [Fact]
    public void The_proxy_asks_the_alias_of_the_api_silos_at_their_port()
    {
        var target = Target().Match(Proxy);
        target.Groups["port"].Value.ShouldBe($"{new HttpOptions().Port}");
        File.Services
            .Where(service => ComposeFile.List(Network(service.Value), "aliases").Contains(target.Groups["host"].Value))
            .Select(service => service.Key)
            .ShouldBe(Roles("api"));
        Proxy.ShouldContain($"listen {new HttpOptions().Port};");
    }

    [Fact]
    public void The_proxy_waits_and_reads_as_long_as_the_server_may()
    {
        Number("proxy_read_timeout (\\d+)s;").ShouldBeGreaterThan((long)new EngineOptions().MaxWaitingSeconds);
        (Number("client_max_body_size (\\d+)m;") * (1 << 20)).ShouldBe(BodyOptions.MaxBytes);
    }

    [Fact]
    public void Prometheus_asks_every_silo()
    {
        var job = DockerFiles.ReadYaml("prometheus/prometheus.yml")["scrape_configs"]!.AsArray().ShouldHaveSingleItem()!;
        var targets = job["static_configs"]![0]!["targets"]!.AsArray().Select(target => $"{target}");
        targets.ShouldBe(File.Servers.Keys.Select(silo => $"{silo}:{new HttpOptions().Port}"), ignoreOrder: true);
        Mounts("prometheus").ShouldContain("/etc/prometheus/alerts.yml");
        $"{DockerFiles.ReadYaml("prometheus/prometheus.yml")["rule_files"]![0]}".ShouldBe("/etc/prometheus/alerts.yml");
    }

    [Fact]
    public void Grafana_finds_its_source_and_its_dashboards()
    {
        var source = DockerFiles.ReadYaml("grafana/provisioning/datasources/prometheus.yml")["datasources"]![0]!;
        $"{source["url"]}".ShouldBe("http://prometheus:9090");
        File.Services.Keys.ShouldContain("prometheus");
        var provider = DockerFiles.ReadYaml("grafana/provisioning/dashboards/diaorleans.yml")["providers"]![0]!;
        Mounts("grafana").ShouldContain($"{provider["options"]!["path"]}");
        JsonNode.Parse(DockerFiles.Read("grafana/dashboards/diaorleans.json"))!["panels"]!.AsArray()
            .Where(panel => $"{panel!["type"]}" != "row")
            .ShouldAllBe(panel => $"{panel!["datasource"]!["uid"]}" == $"{source["uid"]}");
    }

    [Fact]
    public async Task The_secrets_are_made_once_and_the_password_is_that_of_the_database()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "it is a script");
        using var folder = new TemporaryFolder();
        System.IO.File.Copy(DockerFiles.PathOf("secrets.sh"), folder.File("secrets.sh"));
        var secrets = await MakeSecrets(folder);
        (await MakeSecrets(folder)).ShouldBe(secrets);
        secrets.Values.ShouldAllBe(secret => secret.Length >= 32);
        var database = new DbConnectionStringBuilder { ConnectionString = secrets["database"] };
        database["Password"].ShouldBe(secrets["postgres-password"]);
        var postgres = ComposeFile.Variables(File.Services[$"{database["Host"]}"]);
        postgres["POSTGRES_USER"].ShouldBe(database["Username"]);
        postgres["POSTGRES_DB"].ShouldBe(database["Database"]);
        new DirectoryInfo(folder.File("secrets")).UnixFileMode.ShouldBe(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The secrets of the compose file by their names, after the script has run.</summary>
    private static async Task<Dictionary<string, string>> MakeSecrets(TemporaryFolder folder)
    {
        using var process = Process.Start("bash", [folder.File("secrets.sh")]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);
        return File.Section("secrets").ToDictionary(
            secret => secret.Key,
            secret => System.IO.File.ReadAllText(folder.File($"{secret.Value["file"]}")).Trim());
    }

    private static string[] Roles(string role) =>
        [.. File.Servers.Where(service => ComposeFile.Variables(service.Value)["DIA_ROLE"] == role).Select(service => service.Key)];

    private static JsonObject Network(JsonObject service) => service["networks"]?["default"]?.AsObject() ?? [];

    private static IEnumerable<string> Mounts(string service) =>
        ComposeFile.List(File.Services[service], "volumes").Select(volume => volume.Split(':')[1]);

    private static long Number(string pattern) => long.Parse(Regex.Match(Proxy, pattern).Groups[1].Value);

    [GeneratedRegex(@"set \$silo http://(?<host>\w+):(?<port>\d+);")]
    private static partial Regex Target();
}
