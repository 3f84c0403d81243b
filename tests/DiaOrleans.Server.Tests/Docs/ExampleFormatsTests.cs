using System.Text.RegularExpressions;

namespace DiaOrleans.Server.Tests.Docs;

/// <summary>The files of audio that examples write are named after the format that they ask for, or after the server's default.</summary>
public sealed partial class ExampleFormatsTests
{
    [Fact]
    public void A_file_is_named_after_its_format()
    {
        var written = Documents.All.SelectMany(document => Documents.Examples(document).SelectMany(Requests)).ToList();
        foreach (var (request, file) in written)
        {
            var asked = Format().Match(request);
            var format = asked.Success ? asked.Groups["format"].Value.ToLowerInvariant() : "wav";
            Path.GetExtension(file).ShouldBe($".{format}", request);
        }

        written.Count.ShouldBeGreaterThanOrEqualTo(9);
    }

    /// <summary>The requests whose answers an example writes to files: its lines in a shell, and the whole example elsewhere.</summary>
    private static IEnumerable<(string Request, string File)> Requests((string Language, string Text) example)
    {
        var requests = example.Language == "sh" ? example.Text.Replace("\\\n", "").Split('\n') : [example.Text];
        return from request in requests
               from Match file in Written().Matches(request)
               select (request, file.Groups["file"].Value);
    }

    [GeneratedRegex("""(-o |stream_to_file\("|writeFileSync\("|WriteAllBytesAsync\(")(?<file>[\w-]+\.\w+)""")]
    private static partial Regex Written();

    [GeneratedRegex("""(response_format["']?\s*[:=]\s*["']|GeneratedSpeechFormat\.)(?<format>\w+)""")]
    private static partial Regex Format();
}
