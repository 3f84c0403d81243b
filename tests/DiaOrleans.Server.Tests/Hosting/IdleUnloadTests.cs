using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace DiaOrleans.Server.Tests.Hosting;

public sealed class IdleUnloadTests
{
    private static readonly object Body = new { text = "Where is my hat?", voice_id = "v", seed = 3 };

    [Fact]
    public async Task An_unloaded_model_is_loaded_for_a_request_and_for_a_job_and_makes_the_same_audio()
    {
        await using var server = await RunningServer.Start(new ServerOptions { IdleUnloadMinutes = 1.5 / 60 });
        (await server.Client.PostAsJsonAsync("/voice_mappings", new { voice_id = "v" })).EnsureSuccessStatusCode();
        var first = await Speak(server);
        await UntilLoaded(server, false);
        (await Speak(server)).ShouldBe(first);
        await UntilLoaded(server, false);
        using var submitted = await server.Client.PostAsJsonAsync("/generate?async_mode=true", Body);
        var job = (await submitted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("job_id").GetString();
        (await ResultOf(server, job!)).ShouldBe(first);
    }

    private static async Task<byte[]> Speak(RunningServer server)
    {
        using var answer = await server.Client.PostAsJsonAsync("/generate", Body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static async Task UntilLoaded(RunningServer server, bool loaded)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await IsLoaded(server, limit.Token) != loaded) await Task.Delay(20, limit.Token);
    }

    private static async Task<bool> IsLoaded(RunningServer server, CancellationToken stop) =>
        (await server.Client.GetFromJsonAsync<JsonElement>("/health", stop)).GetProperty("model_loaded").GetBoolean();

    private static async Task<byte[]> ResultOf(RunningServer server, string job)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var answer = await server.Client.GetAsync($"/jobs/{job}/result", limit.Token);
            if (answer.StatusCode == HttpStatusCode.OK) return await answer.Content.ReadAsByteArrayAsync(limit.Token);
            ((int)answer.StatusCode).ShouldBe(425);
            await Task.Delay(50, limit.Token);
        }
    }
}
