using System.Text.RegularExpressions;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>What docs/cluster.md names.</summary>
public sealed partial class ClusterGuideTests
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(DockerFiles.Root, "docs", "cluster.md"));
    private static readonly string Tables = File.ReadAllText(Path.Combine(DockerFiles.Root, "docs", "configuration.md"));

    [Fact]
    public void Its_variables_are_settings() =>
        Find(Variable()).ShouldBeSubsetOf([.. DockerFiles.Settings.Keys]);

    [Fact]
    public void Its_metrics_are_in_the_table_of_the_documentation() =>
        Find(Metric()).Where(metric => !Tables.Contains($"`{metric}`", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void Its_files_are_there() =>
        Find(RepositoryPath()).Where(path => !Path.Exists(Path.Combine(DockerFiles.Root, path.TrimEnd('.')))).ShouldBeEmpty();

    [Fact]
    public void Its_links_lead_to_its_own_headings() =>
        Find(Link()).ShouldBeSubsetOf(Guide.Split('\n').Where(line => line.StartsWith('#')).Select(Anchor));

    private static string[] Find(Regex pattern)
    {
        string[] found = [.. pattern.Matches(Guide).Select(match => match.Groups[1].Value).Distinct()];
        found.ShouldNotBeEmpty();
        return found;
    }

    /// <summary>A heading's name in links.</summary>
    private static string Anchor(string heading) =>
        NotInAnchor().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex("\\b(DIA_[A-Z0-9_]+)")]
    private static partial Regex Variable();

    [GeneratedRegex("`(dia_[a-z_]+)`")]
    private static partial Regex Metric();

    [GeneratedRegex(@"(?<![\w/.])(docker/[\w./-]+)")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"\]\(#([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("[^a-z0-9 -]")]
    private static partial Regex NotInAnchor();
}
