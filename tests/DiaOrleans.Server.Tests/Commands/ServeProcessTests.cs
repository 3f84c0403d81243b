using System.Diagnostics;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Commands;

/// <summary>The server as a process of its own: only a process can be killed.</summary>
public sealed class ServeProcessTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("dia-process-test-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Voices_survive_a_kill()
    {
        using (var server = await ServerProcess.Start(_data))
        {
            for (var i = 0; i < 5; i++) (await server.Client.PostJson("/voice_mappings", $$"""{"voice_id":"voice-{{i}}"}""")).EnsureSuccessStatusCode();
            server.Process.Kill();
            await server.Process.WaitForExitAsync();
        }

        using (var server = await ServerProcess.Start(_data))
        {
            (await (await server.Client.GetAsync("/voice_mappings")).Json()).EnumerateObject().Select(p => p.Name).ShouldBe(Enumerable.Range(0, 5).Select(i => $"voice-{i}"));
        }
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_leaves_at_once_and_says_who_holds_it()
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
    public async Task A_server_that_is_told_to_stop_finishes_what_it_has_and_exits_with_0()
    {
        using var server = await ServerProcess.Start(_data);
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"a"}""")).EnsureSuccessStatusCode();
        // The first answer says that the model is loaded; what waits for a model when the server is told to stop is refused.
        (await server.Client.PostJson("/generate", """{"text":"Hello.","voice_id":"a"}""")).EnsureSuccessStatusCode();
        var text = string.Join(" ", Enumerable.Repeat("The lamp is still on.", 7));
        var speaking = Enumerable.Range(0, 3).Select(i => server.Client.PostJson("/generate", $$"""{"text":"{{text}}","voice_id":"a","seed":{{i}}}""")).ToArray();
        await Task.Delay(300);
        using (var kill = Process.Start("kill", ["-TERM", server.Process.Id.ToString()])) await kill.WaitForExitAsync();
        foreach (var answer in await Task.WhenAll(speaking)) ((int)answer.StatusCode).ShouldBe(200);
        await server.Process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        server.Process.ExitCode.ShouldBe(0);
    }
}
