using System.Text.Json;
using DiaOrleans.Cluster.Tests.Blobs;
using DiaOrleans.Cluster.Tests.Silos;

namespace DiaOrleans.Cluster.Tests.Streams;

/// <summary>Streams through one API silo while other silos of its cluster are killed, stopped and terminated.</summary>
public sealed class FailoverTests(PostgresServer postgres, ITestOutputHelper output)
{
    private const int Streams = 20;
    private const int AtOnce = 4;
    private const int ShortTexts = 40;

    // The signal is sent when so many streams have begun.
    private const int BegunStreams = 6;

    private const string Turns = "[S1] The lamp is still on, and the door is open. [S2] Then close it, please.";

    private static readonly string[] Formats = ["wav", "mp3", "opus", "flac"];
    private static readonly string[] Bodies = [.. Enumerable.Range(0, Streams).Select(Body)];

    [Fact]
    public async Task Streams_have_the_bytes_of_undisturbed_ones_whatever_happens_to_their_worker()
    {
        using var cluster = await TestCluster.Create(postgres);
        var api = await StartWithVoices(cluster);
        var whole = await ReadUndisturbed(cluster, api);
        foreach (var signal in (string[])["KILL", "STOP", "TERM"])
        {
            var worker = await cluster.Start("lost", "gpu");
            await Know(worker);
            await Disturb(api, worker, signal, whole);
            worker.Kill();
        }

        api.Log.ShouldContain("is lost or silent; as");
    }

    [Fact]
    [Trait("Category", LongTests.Category)]
    public async Task Streams_have_the_bytes_of_undisturbed_ones_whatever_happens_to_another_silo_of_the_api()
    {
        LongTests.Require();
        using var cluster = await TestCluster.Create(postgres);
        var api = await StartWithVoices(cluster);
        var whole = await ReadUndisturbed(cluster, api);
        foreach (var signal in (string[])["KILL", "TERM"]) await Disturb(api, await cluster.Start("other", "api"), signal, whole);
    }

    [Fact]
    [Trait("Category", LongTests.Category)]
    public async Task Short_texts_are_spoken_while_a_silo_is_frozen()
    {
        LongTests.Require();
        using var cluster = await TestCluster.Create(postgres);
        var frozen = await cluster.StartFirst("frozen");
        var api = await cluster.Start("api", "api");
        var gpu = await cluster.Start("gpu", "gpu");
        await Know(frozen, gpu);
        var bodies = Enumerable.Range(0, ShortTexts)
            .Select(seed => JsonSerializer.Serialize(new { text = "Where is my hat, Peter?", voice_id = "anna", seed, stream = true }))
            .ToArray();
        await StreamClient.ReadAll(api, bodies[..4], 2);
        frozen.Signal("STOP");
        var streams = await StreamClient.ReadAll(api, bodies, 2);
        var first = streams.Select(stream => stream.FirstByte.TotalSeconds).OrderDescending().ToArray();
        output.WriteLine($"first byte: at most {first[0]:0.00} s, then {first[1]:0.00} s; median {first[first.Length / 2]:0.00} s");
    }

    private static async Task<SiloProcess> StartWithVoices(TestCluster cluster)
    {
        var api = await cluster.StartFirst("api", "api");
        (await Recordings.Upload(api, "hum", Recordings.Tone(220))).EnsureSuccessStatusCode();
        await Recordings.MakeVoice(api, "cloned", "hum");
        return api;
    }

    /// <summary>The hashes of all streams, spoken by a worker that stays.</summary>
    private static async Task<string[]> ReadUndisturbed(TestCluster cluster, SiloProcess api)
    {
        await Know(await cluster.Start("kept", "gpu"));
        return [.. (await StreamClient.ReadAll(api, Bodies, AtOnce)).Select(stream => stream.Hash)];
    }

    /// <summary>Waits until workers are ready and other silos have heard of it: they ask for all workers each second.</summary>
    private static async Task Know(params SiloProcess[] workers)
    {
        foreach (var worker in workers)
            await Until.Succeeds(async () => (await worker.Client.GetAsync("/health/ready")).EnsureSuccessStatusCode());
        await Task.Delay(TimeSpan.FromSeconds(3));
    }

    private static string Body(int number) => JsonSerializer.Serialize(new
    {
        text = string.Join(' ', Enumerable.Repeat(Turns, 6 + (3 * (number % 5)))),
        voice_id = number % 5 == 4 ? "cloned" : "anna",
        seed = number,
        response_format = Formats[number % Formats.Length],
        speed = number % 3 == 2 ? 1.3 : 1,
        stream = true,
    });

    private async Task Disturb(SiloProcess api, SiloProcess silo, string signal, string[] whole)
    {
        var begun = 0;
        var streams = await StreamClient.ReadAll(api, Bodies, AtOnce, () =>
        {
            if (Interlocked.Increment(ref begun) == BegunStreams) silo.Signal(signal);
        });
        streams.Select(stream => stream.Hash).ShouldBe(whole, $"{silo.Settings.Name}: {signal}");
        var gaps = streams.Select(stream => stream.LargestGap.TotalSeconds).OrderDescending().ToArray();
        output.WriteLine($"{silo.Settings.Role} {signal}: largest gap {gaps[0]:0.00} s, then {gaps[1]:0.00} s and {gaps[2]:0.00} s");
    }
}
