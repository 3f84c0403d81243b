using System.Net;
using System.Text.Json;
using DiaOrleans.Cluster.Tests.Silos;

namespace DiaOrleans.Cluster.Tests.Faults;

/// <summary>The disk of the database of a cluster becomes full, and has room again later.</summary>
[Trait("Category", LongTests.Category)]
public sealed class DatabaseFullTests(PostgresServer postgres)
{
    // More than the free parts of pages that exist.
    private const int Tries = 60;
    private const int TextBytes = 4000;

    [Fact]
    public async Task What_needs_room_is_507_nothing_is_lost_and_all_goes_on_when_there_is_room()
    {
        LongTests.Require();
        await using var disk = FullTablespace.Mount(postgres);
        using var cluster = await TestCluster.Create(postgres, disk.Tables);
        SiloProcess[] silos = [await cluster.Start("one"), await cluster.Start("two")];
        await Requests.MakeVoice(silos[0], "anna");
        var jobs = new List<string> { await Requests.Submit(silos[0]) };
        disk.Fill();
        var voices = new List<string>();
        var refused = 0;
        for (var number = 0; number < Tries; number++)
        {
            var silo = silos[number % 2];
            var (made, _) = await Send(silo, "/voice_mappings", new { voice_id = $"v{number}", audio_prompt_transcript = Text(number) });
            if (made) voices.Add($"v{number}");
            var (taken, body) = await Send(silo, "/generate?async_mode=true", new { text = Text(number)[..4000], voice_id = "gone" });
            if (taken) jobs.Add(body.GetProperty("job_id").GetString()!);
            refused += (made ? 0 : 1) + (taken ? 0 : 1);
        }

        refused.ShouldBeGreaterThan(0);
        foreach (var path in (string[])["/health", "/voices", "/config"])
            (await silos[1].Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        (await Requests.Speak(silos[0])).StatusCode.ShouldBe(HttpStatusCode.OK);

        disk.Free();
        await Until.Succeeds(() => Requests.MakeVoice(silos[1], "after"));
        var listed = await silos[0].Client.GetStringAsync("/voices");
        foreach (var voice in voices) listed.ShouldContain($"\"{voice}\"");
        foreach (var job in jobs)
            await Until.Succeeds(async () => (await Requests.StatusOf(silos[1], job)).ShouldBeOneOf("completed", "failed"));
        (await Requests.StatusOf(silos[0], jobs[0])).ShouldBe("completed");
        (await Requests.ListJobs(silos[0], "?limit=500")).ShouldBe(jobs, ignoreOrder: true);
    }

    /// <summary>Sends something to be stored: it is, or there is no room.</summary>
    private static async Task<(bool Stored, JsonElement Answer)> Send(SiloProcess silo, string path, object body)
    {
        using var answer = await silo.Client.PostJson(path, JsonSerializer.Serialize(body));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.InsufficientStorage);
        if (answer.StatusCode != HttpStatusCode.OK) text.ShouldContain("Not enough disk space");
        return (answer.IsSuccessStatusCode, await answer.Json());
    }

    /// <summary>Text that PostgreSQL cannot compress.</summary>
    private static string Text(int seed)
    {
        var bytes = new byte[TextBytes];
        new Random(seed).NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }
}
