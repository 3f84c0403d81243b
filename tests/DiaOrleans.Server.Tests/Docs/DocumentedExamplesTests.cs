using System.Diagnostics;
using DiaOrleans.Server.Tests.Clients;
using DiaOrleans.Server.Tests.Proxies;

namespace DiaOrleans.Server.Tests.Docs;

/// <summary>
/// The examples of README.md and docs/, run one after another as they stand there, against a new server, whose address replaces
/// localhost:7860: blocks marked <c>sh</c> by bash, <c>js</c> by Node.js, <c>csharp</c> by the SDK and <c>python</c> by Python with
/// OpenAI's package; without the package Python only compiles them. nginx checks those marked <c>nginx</c>. An answer of 400 or more
/// fails, too.
/// </summary>
public sealed class DocumentedExamplesTests(ITestOutputHelper output)
{
    /// <summary>Languages of blocks that nothing runs.</summary>
    private static readonly string[] Drawings = ["mermaid"];

    [Fact]
    public void Every_document_with_examples_is_run() =>
        Documents.All.Where(document => Documents.Examples(document).Any(example => !Drawings.Contains(example.Language)))
            .ShouldBe(["README.md", "docs/deploy.md", "docs/integrations.md", "docs/voices-and-cloning.md"]);

    [Theory]
    [InlineData("README.md", "hat.wav", "job.wav")]
    [InlineData("docs/deploy.md")]
    [InlineData("docs/voices-and-cloning.md", "anna.wav", "clone.wav")]
    [InlineData("docs/integrations.md", "hat.mp3", "hat.wav", "job.wav")]
    public async Task The_examples_work(string document, params string[] made)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The examples are for bash.");
        await using var server = await RunningServer.Start();
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, ".curlrc"), "fail-with-body\nsilent\nshow-error\n");
        await MakeRecording(server, Path.Combine(folder.Path, "me.wav"));
        var examples = Documents.Examples(document).ToList();
        examples.ShouldNotBeEmpty();
        foreach (var (language, text) in examples)
        {
            output.WriteLine($"{document}, {language}:\n{text}");
            await Run(language, text.Replace("localhost:7860", server.Address.Authority, StringComparison.Ordinal), folder.Path);
        }

        foreach (var file in made)
        {
            var content = await File.ReadAllBytesAsync(Path.Combine(folder.Path, file));
            content.Length.ShouldBeGreaterThan(5_000, file);
            (Path.GetExtension(file) == ".wav").ShouldBe(content.AsSpan().StartsWith("RIFF"u8), file);
        }
    }

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

    private async Task Run(string language, string text, string folder)
    {
        string[]? command = language switch
        {
            "sh" => ["bash", "-euo", "pipefail", "-c", text],
            "js" => ["node", await Write(text, Path.Combine(await NodeClient.Install(), "documented.mjs"))],
            "csharp" => ["dotnet", "run", await Write(text, Path.Combine(folder, "documented.cs"))],
            "python" => await FindPython(await Write(text, Path.Combine(folder, "documented.py"))),
            "nginx" => await FindNginx(text, folder),
            _ => throw new InvalidOperationException($"Nothing runs {language}."),
        };
        if (command is null) return;
        var (code, result) = await Execute(command, folder);
        code.ShouldBe(0, $"{text}\n{result}");
    }

    private async Task<string[]?> FindPython(string file)
    {
        if (await Succeeds(["python3", "-c", "import openai"])) return ["python3", file];
        if (await Succeeds(["python3", "-c", ""]))
        {
            output.WriteLine("(There is no package openai: compiled only.)");
            return ["python3", "-m", "py_compile", file];
        }

        output.WriteLine("(There is no Python: not run.)");
        return null;
    }

    private async Task<string[]?> FindNginx(string text, string folder)
    {
        if (NginxProcess.Program is not { } program)
        {
            output.WriteLine("(There is no nginx: not run.)");
            return null;
        }

        var configuration = NginxProcess.Configuration(folder, $"server {{ listen 127.0.0.1:1;\n{text}\n}}");
        var file = await Write(configuration, Path.Combine(folder, "nginx.conf"));
        return [program, "-t", "-p", folder, "-e", Path.Combine(folder, "error.log"), "-c", file];
    }

    private static async Task<bool> Succeeds(string[] command)
    {
        try
        {
            return (await Execute(command, Path.GetTempPath())).Code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<(int Code, string Output)> Execute(string[] command, string folder)
    {
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
        return (process.ExitCode, $"{await output}\n{await errors}");
    }

    private static async Task<string> Write(string text, string file)
    {
        await File.WriteAllTextAsync(file, text);
        return file;
    }
}
