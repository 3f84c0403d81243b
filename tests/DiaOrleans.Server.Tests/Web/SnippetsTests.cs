using System.Text.Json;
using System.Text.Json.Nodes;
using DiaOrleans.Server.Tests.Api;
using DiaOrleans.Server.Tests.Clients;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The page's request as a program: each program is run, and must do what the page does.</summary>
[Collection(nameof(PageCollection))]
public sealed class SnippetsTests(PageBrowser browser, PageServer server) : IDisposable
{
    private const string Voice = "o'neil \"$HOME\" \\n";

    private const string Script =
        "[S1] It's \"quoted\" `back` $HOME ${x} $(id) %s {0} \\n \\' !! 100% <b>\r\n\tSecond line, Zo\u00eb \u4f60\u597d \U0001F600"
        + "\u0085\u2028'''\"\"\" C:\\new\\table [S2] The end\\";

    private const string ConsoleProject =
        """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <UseAppHost>false</UseAppHost>
          </PropertyGroup>
        </Project>
        """;

    private const string OpenAiStandIn =
        """
        import json
        from types import SimpleNamespace
        from urllib.request import Request, urlopen

        class Answer:
            def __init__(self, request): self.request = request
            def __enter__(self): return self
            def __exit__(self, *_): pass
            def stream_to_file(self, name):
                with urlopen(self.request) as answer, open(name, "wb") as file: file.write(answer.read())

        def OpenAI(base_url, api_key):
            def create(extra_body={}, **fields):
                headers = {"Authorization": "Bearer " + api_key, "Content-Type": "application/json"}
                body = json.dumps({**fields, **extra_body}).encode()
                return Answer(Request(base_url + "/audio/speech", data=body, headers=headers))
            speech = SimpleNamespace(with_streaming_response=SimpleNamespace(create=create))
            return SimpleNamespace(audio=SimpleNamespace(speech=speech))
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Curl() => MakesTheSameRequest("curl", code => Run("bash", "-c", code));

    [Fact]
    public Task JavaScript() => MakesTheSameRequest("javascript", code => RunFile("speech.mjs", code, "node", "speech.mjs"));

    [Fact]
    public Task Python() => MakesTheSameRequest(
        "python",
        code => RunFile("speech.py", code, "python3", "speech.py"),
        needs: ["python3", "-c", "import requests"]);

    /// <summary>OpenAI's module need not be installed: this one sends what the real one does.</summary>
    [Fact]
    public Task Python_by_openai() => MakesTheSameRequest(
        "openai",
        async code =>
        {
            await File.WriteAllTextAsync(Path.Combine(_folder.Path, "openai.py"), OpenAiStandIn);
            return await RunFile("speech.py", code, "python3", "speech.py");
        },
        needs: ["python3", "--version"]);

    [Fact]
    public Task CSharp() => MakesTheSameRequest(
        "csharp",
        async code =>
        {
            await File.WriteAllTextAsync(Path.Combine(_folder.Path, "speech.csproj"), ConsoleProject);
            return await RunFile("Program.cs", code, "dotnet", "run");
        },
        needs: ["dotnet", "--version"]);

    [Fact]
    public async Task The_code_is_copied_and_follows_the_form()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.WaitForSelectorAsync("#status[data-state=ready]");
        await page.ClickAsync("#copy-box summary");
        await page.FillAsync("#script", "Where is my hat?");
        await page.Locator("#copy-code").GetByText("Where is my hat?").WaitForAsync();
        await page.FillAsync("#script", "On the chair.");
        await page.ClickAsync("#copy-do");
        await page.Locator("#copy-status").GetByText("Copied.").WaitForAsync();
        var copied = await page.EvaluateAsync<string>("navigator.clipboard.readText()");
        copied.ShouldBe(await page.TextContentAsync("#copy-code"));
        copied.ShouldContain("\"text\": \"On the chair.\"");
        copied.ShouldContain($"{server.Server.Address}generate");
        copied.ShouldContain("YOUR_API_KEY");
        open.ShouldBeClean();
    }

    private async Task MakesTheSameRequest(string language, Func<string, Task<(int Code, string Error)>> run, string[]? needs = null)
    {
        if (needs is [var program, .. var arguments])
        {
            var (missing, _) = await Run(program, arguments);
            Assert.SkipWhen(missing != 0, $"{string.Join(' ', needs)} fails on this machine");
        }

        await using var own = await RunningServer.Start();
        var voice = JsonSerializer.Serialize(new { voice_id = Voice });
        (await own.Client.PostJson("/voice_mappings", voice)).EnsureSuccessStatusCode();
        await using var open = await browser.Open(own);
        var page = open.Page;
        await page.FillAsync("#script", Script);
        foreach (var (field, value) in Settings(language)) await open.Set(field, value);
        await page.SelectOptionAsync("#format", "flac");
        await page.ClickAsync("#copy-box summary");
        await page.SelectOptionAsync("#copy-language", language);
        var code = (await page.TextContentAsync("#copy-code"))!;

        var (failed, error) = await run(code);
        failed.ShouldBe(0, error + code);
        var file = await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "speech.flac"));
        var byProgram = await LastLog(own);
        await page.ClickAsync("#speak");
        await open.PlayerIs("done");
        var byPage = await LastLog(own);
        byPage.GetProperty("id").GetString().ShouldNotBe(byProgram.GetProperty("id").GetString());
        foreach (var name in (string[])["text", "processed_text", "voice", "seed_used"])
            byProgram.GetProperty(name).GetRawText().ShouldBe(byPage.GetProperty(name).GetRawText(), name);
        // A stream has another header than a whole file.
        var sent = JsonNode.Parse(open.Sent("/generate").ShouldHaveSingleItem()!)!.AsObject();
        sent.Remove("stream");
        var whole = await (await own.Client.PostJson("/generate", sent.ToJsonString())).Content.ReadAsByteArrayAsync();
        file.AsSpan().SequenceEqual(whole).ShouldBeTrue("the program's audio is not the page's");
        open.ShouldBeClean();
    }

    private static async Task<JsonElement> LastLog(RunningServer own) =>
        (await (await own.Client.GetAsync("/logs?limit=1")).Json()).GetProperty("logs")[0];

    /// <summary>OpenAI's route takes no parameters of sampling.</summary>
    private static Dictionary<string, string> Settings(string language)
    {
        var settings = new Dictionary<string, string> { ["#speed"] = "1.25", ["#seed"] = "9007199254740993" };
        if (language != "openai") settings["#temperature"] = "0.85";
        return settings;
    }

    private async Task<(int Code, string Error)> RunFile(string name, string content, string program, params string[] arguments)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, name), content);
        return await Run(program, arguments);
    }

    private async Task<(int Code, string Error)> Run(string program, params string[] arguments)
    {
        try
        {
            var (code, output, error) = await NodeClient.Run(program, arguments, _folder.Path);
            return (code, output + error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (127, $"{program} is not installed");
        }
    }
}
