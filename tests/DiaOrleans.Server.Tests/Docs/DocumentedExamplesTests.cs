using System.Diagnostics;
using System.Text.RegularExpressions;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Tests.Clients;

namespace DiaOrleans.Server.Tests.Docs;

/// <summary>
/// The examples of docs/, run one after another as they stand there, against a new server, whose address replaces localhost:7860: blocks
/// marked <c>sh</c> by bash, <c>js</c> by Node.js and <c>csharp</c> by the SDK. An answer of 400 or more fails, too.
/// </summary>
public sealed partial class DocumentedExamplesTests
{
    private static readonly string Documents = Path.GetFullPath(Path.Combine(ModelFolder.Default(), "..", "..", "docs"));

    [Theory]
    [InlineData("voices-and-cloning.md", "anna.wav", "clone.wav")]
    [InlineData("integrations.md", "hat.mp3", "hat.wav", "job.wav")]
    public async Task The_examples_work(string document, params string[] made)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The examples are for bash.");
        await using var server = await RunningServer.Start();
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, ".curlrc"), "fail-with-body\nsilent\nshow-error\n");
        await MakeRecording(server, Path.Combine(folder.Path, "me.wav"));
        var examples = Examples(document).ToList();
        examples.Count.ShouldBeGreaterThan(2);
        foreach (var (language, text) in examples)
            await Run(language, text.Replace("localhost:7860", server.Address.Authority, StringComparison.Ordinal), folder.Path);

        foreach (var file in made) new FileInfo(Path.Combine(folder.Path, file)).Length.ShouldBeGreaterThan(5_000, file);
    }

    private static IEnumerable<(string Language, string Text)> Examples(string document) =>
        from Match block in Block().Matches(File.ReadAllText(Path.Combine(Documents, document)))
        select (block.Groups[1].Value, block.Groups[2].Value);

    /// <summary>A recording with the words that the documents give it.</summary>
    private static async Task MakeRecording(RunningServer server, string file)
    {
        await server.Client.PostAsync("/voice_mappings", new StringContent("""{"voice_id":"recorded"}"""));
        const string body = """{"text":"[S1] Where is my hat? You are wearing it, Peter.","voice_id":"recorded","seed":3}""";
        using var answer = await server.Client.PostAsync("/generate", new StringContent(body));
        answer.EnsureSuccessStatusCode();
        await File.WriteAllBytesAsync(file, await answer.Content.ReadAsByteArrayAsync());
        (await server.Client.DeleteAsync("/voice_mappings/recorded")).EnsureSuccessStatusCode();
    }

    private static async Task Run(string language, string text, string folder)
    {
        var command = language switch
        {
            "js" => ["node", await Write(text, Path.Combine(await NodeClient.Install(), "documented.mjs"))],
            "csharp" => ["dotnet", "run", await Write(text, Path.Combine(folder, "documented.cs"))],
            _ => (string[])["bash", "-euo", "pipefail", "-c", text],
        };
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["CURL_HOME"] = folder },
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, $"{text}\n{await output}\n{await errors}");
    }

    private static async Task<string> Write(string text, string file)
    {
        await File.WriteAllTextAsync(file, text);
        return file;
    }

    [GeneratedRegex(@"^```(sh|js|csharp)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
