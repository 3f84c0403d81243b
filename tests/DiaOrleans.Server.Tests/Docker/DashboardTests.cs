using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DiaOrleans.Grains.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>The metrics and labels that Grafana's dashboard and Prometheus' alerts name.</summary>
[Collection(nameof(RunsAlone))]
public sealed partial class DashboardTests
{
    /// <summary>Prometheus itself makes these: whether a target answered, and the labels of the job.</summary>
    private static readonly string[] Own = ["up", "job", "silo", "le"];

    /// <summary>Words of PromQL.</summary>
    private static readonly string[] Words =
        ["sum", "max", "count", "by", "rate", "histogram_quantile", "absent", "or", "vector"];

    [Fact]
    public async Task All_are_in_the_metrics_of_a_server_that_has_worked()
    {
        var known = await ReadNames();
        var expressions = Dashboard().Concat(Alerts()).ToArray();
        expressions.Length.ShouldBeGreaterThan(20);
        foreach (var expression in expressions)
        {
            var names = Name().Matches(Quoted().Replace(expression, "")).Select(match => match.Value).Except(Words).ToArray();
            names.ShouldNotBeEmpty(expression);
            names.Except(Own).ShouldBeSubsetOf(known, expression);
        }
    }

    [Fact]
    public void Panels_have_ids_and_places_of_their_own()
    {
        var panels = Panels().ToArray();
        panels.Select(panel => $"{panel["id"]}").ShouldBeUnique();
        panels.Select(panel => $"{panel["gridPos"]!["x"]},{panel["gridPos"]!["y"]}").ShouldBeUnique();
    }

    private static IEnumerable<JsonNode> Panels() =>
        JsonNode.Parse(DockerFiles.Read("grafana/dashboards/diaorleans.json"))!["panels"]!.AsArray().Select(panel => panel!);

    private static IEnumerable<string> Dashboard() => Panels()
        .Where(panel => panel["targets"] is not null)
        .SelectMany(panel => panel["targets"]!.AsArray())
        .Select(target => $"{target!["expr"]}");

    private static IEnumerable<string> Alerts() => DockerFiles.ReadYaml("prometheus/alerts.yml")["groups"]!.AsArray()
        .SelectMany(group => group!["rules"]!.AsArray())
        .Select(rule => $"{rule!["expr"]}");

    /// <summary>Names of metrics and labels of a server that has spoken, run a job and seen an error of its storage.</summary>
    private static async Task<HashSet<string>> ReadNames()
    {
        await using var server = await RunningServer.Start();
        (await server.Client.PostAsync("/voice_mappings", new StringContent("""{"voice_id":"anna"}"""))).EnsureSuccessStatusCode();
        server.App.Services.GetRequiredService<DiaMetrics>().StorageFailed("write", new IOException());
        foreach (var path in (string[])["/generate", "/generate?async_mode=true"])
        {
            var body = new StringContent("""{"text":"Where is my hat?","voice_id":"anna","seed":7}""");
            (await server.Client.PostAsync(path, body)).EnsureSuccessStatusCode();
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string text;
        do
        {
            await Task.Delay(200, limit.Token);
            text = await server.Client.GetStringAsync("/metrics", limit.Token);
        }
        while (!text.Contains("dia_jobs{", StringComparison.Ordinal));

        var lines = text.Split('\n').Where(line => !line.StartsWith('#')).ToArray();
        var labels = lines.SelectMany(line => Label().Matches(line).Select(match => match.Groups[1].Value));
        return [.. lines.Select(line => line.Split('{', ' ')[0]), .. labels];
    }

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_]+")]
    private static partial Regex Name();

    [GeneratedRegex("\"[^\"]*\"|\\[[0-9a-z]+\\]")]
    private static partial Regex Quoted();

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex Label();
}
