using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests;

/// <summary>Rules on the text of the sources that analysers do not check: RCS0056 does not report comments.</summary>
public sealed class SourceTests
{
    private const int MaxLineLength = 140;

    private static readonly string Root = Path.GetFullPath(Path.Combine(ModelFolder.Default(), "..", ".."));

    [Fact]
    public void A_line_of_code_or_comment_is_no_longer_than_the_limit()
    {
        var settings = File.ReadAllLines(Path.Combine(Root, ".editorconfig"));
        settings.ShouldContain($"max_line_length = {MaxLineLength}");
        Assert.SkipUnless(settings.Contains("dotnet_diagnostic.RCS0056.severity = error"), "the limit on lines is off in .editorconfig");
        LongLines().ShouldBeEmpty();
    }

    private static IEnumerable<string> LongLines() =>
        from folder in (string[])["src", "tests"]
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
        where line.Text.Length > MaxLineLength
        select $"{Path.GetRelativePath(Root, file)}:{line.Number}";
}
