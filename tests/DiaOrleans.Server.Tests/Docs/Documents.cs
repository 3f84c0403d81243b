using System.Text.RegularExpressions;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Docs;

/// <summary>The documents of the repository, and what they tell people to type.</summary>
internal static partial class Documents
{
    public static readonly string Root = Path.GetFullPath(Path.Combine(ModelFolder.Default(), "..", ".."));

    /// <summary>Paths in the repository: those in its root, and docs/.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md"))
            .Select(file => Path.GetRelativePath(Root, file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The blocks between fences whose language is marked, in their order.</summary>
    public static IEnumerable<(string Language, string Text)> Examples(string document) =>
        from Match block in Fenced().Matches(Read(document))
        select (block.Groups[1].Value, block.Groups[2].Value);

    /// <summary>The lines of indented blocks, in their order, without those of folder trees and SQL. docs/model.md has formulas.</summary>
    public static IEnumerable<string> Commands(string document) =>
        from Match line in Indented().Matches(Fenced().Replace(Read(document), ""))
        let text = line.Groups[1].Value.TrimEnd()
        where document != "docs/model.md" && !Other().IsMatch(text)
        select text;

    /// <summary>Commands of run.sh and run.ps1 within sentences and tables.</summary>
    public static IEnumerable<string> Inline(string document) =>
        from Match code in InlineCommand().Matches(Fenced().Replace(Read(document), ""))
        select code.Groups[1].Value;

    private static string Read(string document) => File.ReadAllText(Path.Combine(Root, document)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"^ {4}(\S.*)$", RegexOptions.Multiline)]
    private static partial Regex Indented();

    [GeneratedRegex(@"^(src/|silo-config/|docker/ |models/|bench/ |eng/|tests/|UPDATE )")]
    private static partial Regex Other();

    [GeneratedRegex(@"`(\./run\.(?:sh|ps1)[^`\n]*)`")]
    private static partial Regex InlineCommand();
}
