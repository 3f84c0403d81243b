using System.Text.RegularExpressions;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Docs;

/// <summary>What comments and documents refer to exists in the repository.</summary>
public sealed partial class CitationTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(ModelFolder.Default(), "..", ".."));

    [Fact]
    public void A_comment_that_cites_a_section_names_its_title()
    {
        var sources = ((string[])["src", "tests"]).SelectMany(folder => Files(Path.Combine(Root, folder), "*.cs")).ToList();
        var citations = sources.SelectMany(Citations).ToList();
        citations.Count.ShouldBeGreaterThan(100);
        citations.Where(citation => !IsTitled(citation.Document, citation.Behind))
            .Select(citation => $"{citation.Source}: {citation.Document}, {citation.Behind}")
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_link_of_a_document_leads_to_a_file_and_a_title()
    {
        string[] folders = ["docs", "bench", "tests", "models", "docker", "silo-config"];
        var documents = folders.Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Files(folder, "*.md"))
            .Concat(Directory.EnumerateFiles(Root, "*.md"))
            .ToList();
        documents.Count.ShouldBeGreaterThan(4);
        documents.SelectMany(BrokenLinks).ShouldBeEmpty();
    }

    private static IEnumerable<string> Files(string folder, string pattern) =>
        from file in Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
        where !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules")
        select file;

    /// <summary>The lines of a comment are joined, since a title may continue in the next line.</summary>
    private static IEnumerable<(string Source, string Document, string Behind)> Citations(string file) =>
        from Match match in Citation().Matches(CommentBreak().Replace(File.ReadAllText(file), " "))
        select (Path.GetRelativePath(Root, file), match.Groups[1].Value, match.Groups[2].Value);

    private static bool IsTitled(string document, string behind) =>
        Titles(Path.Combine(Root, document)).Any(title => behind.StartsWith(title, StringComparison.Ordinal));

    private static IEnumerable<string> Titles(string document) =>
        from line in File.ReadLines(document)
        where line.StartsWith('#')
        select line.TrimStart('#').Trim();

    private static IEnumerable<string> BrokenLinks(string document)
    {
        foreach (Match link in Link().Matches(File.ReadAllText(document)))
        {
            var path = link.Groups[1].Value;
            var anchor = link.Groups[2].Value;
            if (path.Contains("://", StringComparison.Ordinal)) continue;
            var target = path.Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, path);
            if (!Path.Exists(target) || (anchor.Length > 0 && !Titles(target).Select(AnchorOf).Contains(anchor)))
                yield return $"{Path.GetRelativePath(Root, document)}: {link.Value}";
        }
    }

    /// <summary>As GitHub makes it: lower case, without punctuation, with hyphens for spaces.</summary>
    private static string AnchorOf(string title) =>
        NotInAnchor().Replace(title.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"(docs/\w+\.md), ([^<]{1,80})")]
    private static partial Regex Citation();

    [GeneratedRegex(@"\s*\n\s*//+ ?")]
    private static partial Regex CommentBreak();

    [GeneratedRegex(@"\]\(([^)#\s]*)#?([^)\s]*)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
