using System.Diagnostics;
using System.Net;
using DiaOrleans.Cluster.Tests.Silos;

namespace DiaOrleans.Cluster.Tests.Faults;

/// <summary>The silo that has the grains of a cluster hangs.</summary>
public sealed class FrozenSiloTests(PostgresServer postgres, ITestOutputHelper output)
{
    /// <summary>Above the limit of 10 s of a call, which Orleans looks at once a second: the machine may be busy.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>What is read from the store if its grain does not answer.</summary>
    private static readonly Asked[] Stored =
    [
        new("GET", "/voices"),
        new("GET", "/voice_mappings"),
        new("GET", "/audio/voices"),
        new("GET", "/audio_prompts/metadata"),
        new("GET", "/config"),
        new("GET", "/whisper/status"),
        new("GET", "/gpu/status"),
        new("GET", "/jobs/JOB"),
        new("GET", "/jobs/JOB/result"),
        new("GET", "/logs"),
    ];

    /// <summary>What needs the grain.</summary>
    private static readonly Asked[] Kept =
    [
        new("GET", "/jobs"),
        new("PUT", "/voice_mappings/anna", """{"style":"calm"}"""),
        new("POST", "/voice_mappings", """{"voice_id":"bert"}"""),
        new("PUT", "/config", """{"debug_mode":false}"""),
        new("POST", "/generate?async_mode=true", """{"text":"Where is my hat?","voice_id":"anna"}"""),
    ];

    [Fact]
    [Trait("Category", LongTests.Category)]
    public async Task Each_request_is_answered_in_time_and_all_goes_on_without_the_silo()
    {
        LongTests.Require();
        using var cluster = await TestCluster.Create(postgres);
        var frozen = await cluster.StartFirst("frozen");
        var job = await Requests.Submit(frozen);
        await Until.Succeeds(async () => (await Requests.StatusOf(frozen, job)).ShouldBe("completed"));
        foreach (var asked in Stored) await Ask(frozen, asked, job);
        foreach (var asked in Kept.Where(asked => asked.Method == "GET")) await Ask(frozen, asked, job);
        var api = await cluster.Start("api", "api");
        await Ask(api, Stored[0], job);

        frozen.Signal("STOP");
        var answers = await Task.WhenAll(Stored.Concat(Kept).Select(asked => Ask(api, asked, job)));
        foreach (var answer in answers)
        {
            answer.Took.ShouldBeLessThan(Longest, answer.Asked.Path);
            if (answer.Status == HttpStatusCode.OK) continue;
            Stored.ShouldNotContain(answer.Asked);
            (answer.Status, answer.SaysWhenToRepeat).ShouldBe((HttpStatusCode.ServiceUnavailable, true), answer.Asked.Path);
        }

        foreach (var asked in Kept)
            await Until.Succeeds(async () => (await Ask(api, asked, job)).Status.ShouldBe(HttpStatusCode.OK, asked.Path));
    }

    private async Task<Answer> Ask(SiloProcess silo, Asked asked, string job)
    {
        var clock = Stopwatch.StartNew();
        var path = asked.Path.Replace("JOB", job, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Parse(asked.Method), path);
        if (asked.Body is not null) request.Content = new StringContent(asked.Body, null, "application/json");
        using var answer = await silo.Client.SendAsync(request);
        output.WriteLine($"{asked.Method} {asked.Path}: {(int)answer.StatusCode} after {clock.Elapsed.TotalSeconds:0.0} s");
        return new Answer(asked, answer.StatusCode, clock.Elapsed, answer.Headers.RetryAfter is not null);
    }

    private sealed record Asked(string Method, string Path, string? Body = null);

    private sealed record Answer(Asked Asked, HttpStatusCode Status, TimeSpan Took, bool SaysWhenToRepeat);
}
