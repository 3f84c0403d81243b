using System.Diagnostics;
using System.Text.Json;
using DiaOrleans.Audio.Native;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Commands;

/// <summary>The server as a process of its own, which tests kill and stop by signals.</summary>
public sealed class ServeProcessTests : IDisposable
{
    private static readonly string[] Voices = [.. Enumerable.Range(0, 5).Select(i => $"voice-{i}")];

    private readonly string _data = Directory.CreateTempSubdirectory("dia-process-test-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Voices_survive_a_kill()
    {
        using (var server = await ServerProcess.Start(_data))
        {
            foreach (var voice in Voices)
                (await server.Client.PostJson("/voice_mappings", $$"""{"voice_id":"{{voice}}"}""")).EnsureSuccessStatusCode();
            server.Process.Kill();
            await server.Process.WaitForExitAsync();
        }

        using (var server = await ServerProcess.Start(_data))
        {
            var mappings = await (await server.Client.GetAsync("/voice_mappings")).Json();
            mappings.EnumerateObject().Select(p => p.Name).ShouldBe(Voices);
        }
    }

    [Theory]
    [InlineData("E\u0301te\u0301 a\u030angstro\u0308m", "[S1] \u00c9t\u00e9 \u00e5ngstr\u00f6m [S1]")]
    [InlineData("\u1112\u1161\u11ab \u2126 e\u200d\u0301", "[S1] \ud55c \u03a9 \u00e9 [S1]")]
    public async Task The_built_program_composes_letters_and_their_marks(string text, string spoken)
    {
        using var server = await ServerProcess.Start(_data);
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"a"}""")).EnsureSuccessStatusCode();
        var body = JsonSerializer.Serialize(new { text, voice_id = "a", seed = 1 });
        (await server.Client.PostJson("/generate", body)).EnsureSuccessStatusCode();
        var logs = await (await server.Client.GetAsync("/logs")).Json();
        logs.GetProperty("logs")[0].GetProperty("processed_text").GetString().ShouldBe(spoken);
    }

    [Fact]
    public async Task A_recording_that_ffmpeg_seeks_in_needs_no_temporary_folder_of_the_system()
    {
        Assert.SkipUnless(AudioTools.FindAll().Single(tool => tool.Name == "ffmpeg").Missing is null, "ffmpeg is not installed");
        var command = ServerProcess.Command(_data);
        command.Environment["TMPDIR"] = Path.Combine(_data, "nowhere");
        using var server = await ServerProcess.Follow(Process.Start(command)!, new SocketsHttpHandler());
        foreach (var (name, options) in new[] { ("x.m4a", "-c:a aac"), ("blob", "-c:a alac") })
        {
            var form = PromptServer.Form("moov", await PromptServer.Encode("mp4", options), name);
            using var answer = await server.Client.PostAsync("/audio_prompts/upload", form);
            ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_exits_at_once_and_names_the_first()
    {
        using var first = await ServerProcess.Start(_data);
        using var second = ServerProcess.Launch(_data);
        await second.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        second.ExitCode.ShouldBe(1);
        var message = await second.StandardError.ReadToEndAsync();
        message.ShouldContain("in use by another server");
        message.ShouldContain($"process {first.Process.Id}, port {first.Client.BaseAddress!.Port}");
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_completes_its_requests_and_exits_with_0()
    {
        using var server = await ServerProcess.Start(_data);
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"a"}""")).EnsureSuccessStatusCode();
        // After the first answer the model is loaded: requests that wait for a model when the server is told to stop are refused.
        (await server.Client.PostJson("/generate", """{"text":"Hello.","voice_id":"a"}""")).EnsureSuccessStatusCode();
        var text = string.Join(" ", Enumerable.Repeat("The lamp is still on.", 7));
        var bodies = Enumerable.Range(0, 3).Select(seed => $$"""{"text":"{{text}}","voice_id":"a","seed":{{seed}}}""");
        var requests = bodies.Select(body => server.Client.PostJson("/generate", body)).ToArray();
        await Task.Delay(300);
        using (var kill = Process.Start("kill", ["-TERM", server.Process.Id.ToString()])) await kill.WaitForExitAsync();
        foreach (var answer in await Task.WhenAll(requests)) ((int)answer.StatusCode).ShouldBe(200);
        await server.Process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        server.Process.ExitCode.ShouldBe(0);
    }
}
