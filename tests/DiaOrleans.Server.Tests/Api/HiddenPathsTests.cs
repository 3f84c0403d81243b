using System.Text;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>No answer names a path of the machine, also if the disk fails.</summary>
public sealed class HiddenPathsTests : IAsyncLifetime
{
    private const string Voice = """{"voice_id":"anna","audio_prompt":"me"}""";

    private readonly TemporaryFolder _folder = new();
    private PromptServer _server = null!;

    private HttpClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        _server = await PromptServer.Start(_folder.Path, autoTranscribe: true);
        (await _server.Upload("me")).EnsureSuccessStatusCode();
        (await _server.Upload("other")).EnsureSuccessStatusCode();
        await Client.Accepted(HttpMethod.Put, "/config", """{"save_outputs":true}""");
        await Client.Accepted(HttpMethod.Post, "/voice_mappings", Voice);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Files_in_the_place_of_folders_are_not_told()
    {
        foreach (var folder in (string[])["audio_prompts", "audio_outputs", "job_results", "previews", "incoming", "decoding"])
            await PutFileAt(_folder.File(folder));

        await AskAll();
    }

    /// <summary>The server may write into the folder while it is deleted.</summary>
    private static async Task PutFileAt(string path)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
                await File.WriteAllTextAsync(path, "not a folder");
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && tries < 20)
            {
                await Task.Delay(50);
            }
        }
    }

    [Fact]
    public async Task Folders_in_the_place_of_files_are_not_told()
    {
        foreach (var name in (string[])["me.wav", "me.txt", "me.reference.txt", "other.wav", "new.wav", "new.txt"])
        {
            var path = _server.File(name);
            if (File.Exists(path)) File.Delete(path);
            Directory.CreateDirectory(path);
        }

        await AskAll();
    }

    [Fact]
    public async Task Recordings_that_cannot_be_read_are_not_told()
    {
        await _server.Put("me.wav", [.. "RIFF"u8, .. new byte[100]]);
        await _server.Put("other.wav", [.. "\0\0\0 ftypM4A "u8, .. new byte[1000]]);
        await _server.Put("third.mp3", new byte[1000]);
        await AskAll();
    }

    private async Task AskAll()
    {
        var answers = new List<string>();
        foreach (var size in (double[])[1, 20]) await Keep(await _server.Upload("new", PromptServer.Tone(size)));
        await Keep(await _server.Upload("new", Encoding.UTF8.GetBytes("no sound")));
        await Keep(await _server.Upload("new", [.. "\0\0\0 ftypM4A "u8, .. new byte[1000]], "x.m4a"));
        await Ask(HttpMethod.Post, "/audio_prompts/discover", """{"force_retranscribe":true}""");
        await Ask(HttpMethod.Get, "/audio_prompts");
        await Ask(HttpMethod.Get, "/audio_prompts/metadata");
        await Ask(HttpMethod.Get, "/audio_prompts/metadata/me");
        await Ask(HttpMethod.Post, "/audio_prompts/me/transcribe", "{}");
        await Ask(HttpMethod.Put, "/audio_prompts/me/transcript", """{"transcript":"Text."}""");
        await Ask(HttpMethod.Put, "/audio_prompts/me/transcript", $$"""{"transcript":"Text.","x":"{{new string('x', 300_000)}}"}""");
        await Ask(HttpMethod.Post, "/generate", """{"text":"Hi.","voice_id":"anna"}""");
        await Ask(HttpMethod.Post, "/v1/audio/speech", """{"input":"Hi.","voice":"anna","stream":true}""");
        await Ask(HttpMethod.Post, "/generate?async_mode=true", """{"text":"Hi.","voice_id":"anna"}""");
        await Ask(HttpMethod.Get, "/preview/anna");
        await Ask(HttpMethod.Get, "/whisper/status");
        await Ask(HttpMethod.Post, "/whisper/load", "{}");
        await Ask(HttpMethod.Post, "/cleanup");
        await Ask(HttpMethod.Get, "/jobs");
        await Ask(HttpMethod.Get, "/logs");
        await Ask(HttpMethod.Delete, "/logs");
        await Ask(HttpMethod.Delete, "/voice_mappings/anna");
        await Ask(HttpMethod.Delete, "/audio_prompts/me");
        await Ask(HttpMethod.Get, "/models");
        await Ask(HttpMethod.Get, "/gpu/status");
        answers.Count.ShouldBe(25);
        foreach (var answer in answers)
        {
            answer.ShouldNotContain(_folder.Path);
            answer.ShouldNotContain("/tmp/");
            answer.ShouldNotContain("   at ");
        }

        async Task Ask(HttpMethod method, string path, string? body = null)
        {
            var request = new HttpRequestMessage(method, path);
            if (body is not null) request.Content = new StringContent(body);
            await Keep(await Client.SendAsync(request));
        }

        async Task Keep(HttpResponseMessage answer) =>
            answers.Add(answer.Headers + Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync()));
    }
}
