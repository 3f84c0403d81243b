using System.Text.RegularExpressions;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Docs;

/// <summary>The messages that docs/troubleshooting.md explains are those of the product.</summary>
public sealed partial class DocumentedMessagesTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(ModelFolder.Default(), "..", ".."));

    /// <summary>The table's part behind the first column explains; messages are in the first.</summary>
    [Fact]
    public void Each_message_is_in_the_source_as_it_stands_there()
    {
        var source = ReadSource();
        var pieces = Messages().SelectMany(PiecesOf).ToList();
        pieces.Count.ShouldBeGreaterThan(30);
        pieces.Where(piece => !source.Contains(piece, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static IEnumerable<string> Messages() =>
        from line in File.ReadLines(Path.Combine(Root, "docs", "troubleshooting.md"))
        where line.StartsWith("| ", StringComparison.Ordinal)
        from Match code in Code().Matches(line.Split(" | ")[0])
        select code.Groups[1].Value;

    /// <summary>What stands between the parts of a message that differ.</summary>
    private static IEnumerable<string> PiecesOf(string message) =>
        from piece in message.Split('…')
        let text = piece.Trim(' ', '.', ':', '(', ')', '\'')
        where text.Length > 2
        select text;

    /// <summary>The C# and the scripts; texts that are joined from several lines are one.</summary>
    private static string ReadSource()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "eng"), "*.sh"));
        return JoinedTexts().Replace(string.Join('\n', files.Select(File.ReadAllText)), "");
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("\"\\s*\\+ \\$?\"")]
    private static partial Regex JoinedTexts();
}
