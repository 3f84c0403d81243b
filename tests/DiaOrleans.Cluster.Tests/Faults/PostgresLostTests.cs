using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using DiaOrleans.Cluster.Tests.Silos;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Cluster.Tests.Faults;

/// <summary>The database of a cluster goes away for a while.</summary>
public sealed class PostgresLostTests(PostgresServer postgres)
{
    private static readonly string Text = string.Join(' ', Enumerable.Repeat("The lamp is still on, and nobody knows who left it.", 8));

    private static readonly string Stream = JsonSerializer.Serialize(new { input = Text, voice = "anna", seed = 7, stream = true });

    [Fact]
    public async Task A_stream_goes_on_jobs_are_refused_and_all_comes_back_by_itself()
    {
        using var cluster = await TestCluster.Create(postgres);
        SiloProcess[] silos = [await cluster.Start("one"), await cluster.Start("two")];
        await silos[0].Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
        foreach (var silo in silos) await Until.Succeeds(async () => (await Ready(silo)).ShouldBe((200, null)));
        var expected = SHA256.HashData(await Read(silos[0], TimeSpan.Zero));
        var accepted = new List<string> { (await Submit(silos[1])).Job! };

        using var slow = new PausingClient(silos[0].Client.BaseAddress!);
        await slow.Send("/v1/audio/speech", Stream);
        await postgres.Stop();
        try
        {
            foreach (var silo in silos) await Until.Succeeds(async () => (await Ready(silo)).ShouldBe((503, "storage does not answer")));
            for (var attempt = 0; attempt < 4; attempt++)
            {
                var (status, retryAfter, job) = await Submit(silos[attempt % 2]);
                if (job is not null) accepted.Add(job);
                (status, retryAfter).ShouldBe((HttpStatusCode.ServiceUnavailable, true));
            }

            SHA256.HashData(await slow.Read(TimeSpan.FromSeconds(1))).ShouldBe(expected);
            (await silos[1].Client.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            await postgres.Start();
        }

        foreach (var silo in silos) await Until.Succeeds(async () => (await Ready(silo)).ShouldBe((200, null)));
        await Until.Succeeds(async () => (await Submit(silos[0])).Status.ShouldBe(HttpStatusCode.OK));
        foreach (var job in accepted)
        {
            await Until.Succeeds(async () =>
            {
                var state = await (await silos[1].Client.GetAsync($"/jobs/{job}")).Json();
                state.GetProperty("status").GetString().ShouldBe("completed", state.GetProperty("error_message").ToString());
            });
        }

        SHA256.HashData(await Read(silos[1], TimeSpan.Zero)).ShouldBe(expected);
    }

    private static async Task<(int Status, string? Reason)> Ready(SiloProcess silo)
    {
        using var answer = await silo.Client.GetAsync("/health/ready");
        var body = await answer.Json();
        return ((int)answer.StatusCode, body.TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }

    private static async Task<byte[]> Read(SiloProcess silo, TimeSpan pause)
    {
        using var client = new PausingClient(silo.Client.BaseAddress!);
        await client.Send("/v1/audio/speech", Stream);
        return await client.Read(pause);
    }

    private static async Task<(HttpStatusCode Status, bool RetryAfter, string? Job)> Submit(SiloProcess silo)
    {
        var body = JsonSerializer.Serialize(new { text = "Where is my hat?", voice_id = "anna", seed = 1 });
        using var answer = await silo.Client.PostJson("/generate?async_mode=true", body);
        var job = answer.IsSuccessStatusCode ? (await answer.Json()).GetProperty("job_id").GetString() : null;
        return (answer.StatusCode, answer.Headers.RetryAfter is not null, job);
    }
}
