using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>The Dockerfiles, which docker/check.sh builds.</summary>
public sealed partial class ImageFileTests
{
    private static readonly string[] Names = ["Dockerfile", "Dockerfile.cuda"];

    public static TheoryData<string> All { get; } = [.. Names];

    [Theory]
    [MemberData(nameof(All))]
    public void It_runs_as_another_user_than_root_and_writes_to_its_volume(string name)
    {
        var file = new ImageFile(name);
        file.Only("USER").ShouldBe("1654:1654");
        var volume = file.Only("VOLUME");
        file.All("RUN")[^1].ShouldContain($"install -d -m 700 -o 1654 -g 1654 {volume}");
        var variables = file.Variables();
        DockerFiles.ReadSettings(variables).Get<DataOptions>().Data.ShouldBe(volume);
        variables.Keys.Where(key => key.StartsWith("DIA_", StringComparison.Ordinal)).ShouldBeSubsetOf(DockerFiles.Settings.Keys);
        variables["HOME"].ShouldBe(volume);
        variables["TMPDIR"].ShouldBe(volume);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Its_port_and_version_are_those_of_the_server(string name)
    {
        var file = new ImageFile(name);
        file.Only("EXPOSE").ShouldBe($"{new HttpOptions().Port}");
        file.Labels()["org.opencontainers.image.version"].ShouldBe(
            XDocument.Load(Path.Combine(DockerFiles.Root, "Directory.Build.props")).Descendants("Version").Single().Value);
        file.Only("ENTRYPOINT").ShouldBe($"[\"dotnet\", \"/app/{Path.GetFileName(ServerProcess.Program)}\"]");
    }

    [Fact]
    public void Both_differ_only_in_their_bases_and_natives()
    {
        var both = Names.Select(name => new ImageFile(name)).ToArray();
        foreach (var instruction in (string[])["USER", "WORKDIR", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT"])
            both[0].All(instruction).ShouldBe(both[1].All(instruction));
        both[0].All("RUN")[0].ShouldBe(both[1].All("RUN")[0].Replace("DiaAccelerator=cuda", "DiaAccelerator=cpu"));
    }

    [Fact]
    public void What_the_build_needs_is_in_its_context()
    {
        var allowed = File.ReadAllLines(Path.Combine(DockerFiles.Root, ".dockerignore"))
            .Where(line => line.StartsWith('!'))
            .Select(line => line[1..])
            .ToArray();
        var needed = Directory.EnumerateFiles(Path.Combine(DockerFiles.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => XDocument.Load(project).Descendants().Select(item => item.Attribute("Include")?.Value))
            .Where(path => path is not null && path.StartsWith("../../", StringComparison.Ordinal))
            .Select(path => path!["../../".Length..])
            .Concat(Names.SelectMany(name => FromContext(new ImageFile(name))))
            .Append("global.json")
            .ToArray();
        needed.ShouldContain("eng/natives.sh");
        needed.Where(path => !allowed.Any(prefix => $"{path}/".StartsWith($"{prefix}/", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    /// <summary>Files of the repository that an image gets by name.</summary>
    private static IEnumerable<string> FromContext(ImageFile file) => file.All("RUN")
        .SelectMany(run => BindSource().Matches(run).Select(match => match.Groups[1].Value))
        .Concat(file.All("COPY").Where(copy => !copy.StartsWith("--from=", StringComparison.Ordinal)).Select(copy => copy.Split(' ')[0]))
        .Where(path => path != ".");

    [Theory]
    [InlineData(200, 0)]
    [InlineData(503, 1)]
    public async Task The_health_check_is_whether_health_is_answered_with_200(int status, int expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "it is a script");
        var port = FreePorts.Fill(0)[0];
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var server = builder.Build();
        server.Urls.Add($"http://127.0.0.1:{port}");
        server.MapGet("/health", () => Results.StatusCode(status));
        await server.StartAsync(TestContext.Current.CancellationToken);
        (await CheckHealth(port)).ShouldBe(expected);
        await server.StopAsync(TestContext.Current.CancellationToken);
        (await CheckHealth(port)).ShouldBe(1);
    }

    private static async Task<int> CheckHealth(int port)
    {
        var start = new ProcessStartInfo("bash", [DockerFiles.PathOf("health.sh")])
        {
            RedirectStandardError = true,
            Environment = { ["DIA_PORT"] = $"{port}" },
        };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    [GeneratedRegex("source=([^,]+)")]
    private static partial Regex BindSource();
}
