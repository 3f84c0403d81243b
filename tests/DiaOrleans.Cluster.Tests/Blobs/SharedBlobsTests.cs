using System.Net;
using System.Security.Cryptography;
using DiaOrleans.Cluster.Tests.Silos;
using DiaOrleans.Server.Tests.Blobs.S3;

namespace DiaOrleans.Cluster.Tests.Blobs;

public sealed class SharedBlobsTests(PostgresServer postgres)
{
    [Theory]
    [InlineData("folder")]
    [InlineData("database")]
    [InlineData("s3")]
    public async Task A_recording_that_one_silo_took_is_a_voice_of_the_other_with_the_same_bytes(string place)
    {
        if (place != "database") LongTests.Require();
        await using var s3 = await S3StandIn.Start();
        using var cluster = await TestCluster.Create(postgres);
        var one = await cluster.Start(In(place, cluster.Settings("one"), s3));
        var two = await cluster.Start(In(place, cluster.Settings("two"), s3));
        (await Recordings.Upload(one, "me", Recordings.Tone(200))).EnsureSuccessStatusCode();
        await Recordings.MakeVoice(one, "cloned", "me");
        await Recordings.MakeVoice(one, "plain");
        var cloned = await Recordings.Speak(two, "cloned");
        cloned.StatusCode.ShouldBe(HttpStatusCode.OK);
        var bytes = await cloned.Content.ReadAsByteArrayAsync();
        (await (await Recordings.Speak(one, "cloned")).Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
        (await (await Recordings.Speak(two, "plain")).Content.ReadAsByteArrayAsync()).ShouldNotBe(bytes);
        var (job, _) = await Recordings.RunJob(two, "cloned");
        foreach (var silo in cluster.Silos) (await silo.Client.GetByteArrayAsync($"/jobs/{job}/result")).ShouldBe(bytes);
        (await two.Client.GetByteArrayAsync("/audio_prompts/me/audio"))
            .ShouldBe(await one.Client.GetByteArrayAsync("/audio_prompts/me/audio"));
        foreach (var silo in cluster.Silos) Directory.Exists(Path.Combine(silo.Settings.Data, "audio_prompts")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_silo_with_another_store_is_refused()
    {
        using var cluster = await TestCluster.Create(postgres);
        var first = await cluster.Start("first");
        var (code, log) = await cluster.Launch(cluster.Settings("second") with { Blobs = null }).WaitForExit();
        code.ShouldBe(1);
        log.ShouldContain("The blob store of this silo (the data folder, since BlobFolder is not set) is not that of the cluster");
        File.Delete(Path.Combine(first.Settings.Blobs!, "cluster", "store-id.txt"));
        await File.WriteAllTextAsync(Path.Combine(first.Settings.Blobs!, "cluster", "store-id.txt"), Guid.NewGuid().ToString());
        (code, log) = await cluster.Launch(cluster.Settings("third")).WaitForExit();
        code.ShouldBe(1);
        log.ShouldContain("is that of another cluster");
    }

    [Fact]
    public async Task A_recording_that_is_missing_fails_requests_and_jobs_and_they_say_which()
    {
        const string sentence =
            "Audio prompt 'me' cannot be read: audio_prompts/me.wav is not in the blob store. Upload the recording again.";
        using var cluster = await TestCluster.Create(postgres);
        var silo = await cluster.Start("one");
        (await Recordings.Upload(silo, "me", Recordings.Tone(200))).EnsureSuccessStatusCode();
        await Recordings.MakeVoice(silo, "cloned", "me");
        File.Delete(Path.Combine(silo.Settings.Blobs!, "audio_prompts", "me.wav"));
        var answer = await Recordings.Speak(silo, "cloned");
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(sentence);
        var (_, job) = await Recordings.RunJob(silo, "cloned");
        job.GetProperty("status").GetString().ShouldBe("failed");
        job.GetProperty("error_message").GetString().ShouldBe(sentence);
        silo.Log.ShouldContain("Audio prompt 'me' cannot be read: a request with its voice fails.");
    }

    [Fact]
    [Trait("Category", LongTests.Category)]
    public async Task Uploads_of_one_prompt_to_two_silos_at_the_same_time_end_with_one_recording()
    {
        LongTests.Require();
        using var cluster = await TestCluster.Create(postgres);
        SiloProcess[] silos = [await cluster.Start("one"), await cluster.Start("two")];
        for (var round = 0; round < 5; round++)
        {
            var uploads = silos.SelectMany((silo, i) => Enumerable.Range(0, 3)
                .Select(n => Recordings.Upload(silo, "me", Recordings.Tone(150 + (50 * i) + (7 * n) + (1.5 * round)))));
            foreach (var answer in await Task.WhenAll(uploads)) answer.EnsureSuccessStatusCode();
            var file = await File.ReadAllBytesAsync(Path.Combine(silos[0].Settings.Blobs!, "audio_prompts", "me.wav"));
            var hash = Convert.ToHexStringLower(MD5.HashData(file));
            foreach (var silo in silos)
            {
                var prompt = await silo.Client.Accepted(HttpMethod.Get, "/audio_prompts/metadata/me", "");
                prompt.GetProperty("hash").GetString().ShouldBe(hash);
            }
        }
    }

    private static SiloSettings In(string place, SiloSettings settings, S3StandIn s3) => place switch
    {
        "database" => settings with { Blobs = null, Variables = new Dictionary<string, string> { ["DIA_BLOBS"] = "database" } },
        "s3" => settings with
        {
            Blobs = null,
            Variables = new Dictionary<string, string>
            {
                ["DIA_BLOBS"] = "s3",
                ["DIA_S3_ENDPOINT"] = s3.Address,
                ["DIA_S3_BUCKET"] = S3StandIn.Bucket,
                ["DIA_S3_REGION"] = S3StandIn.Region,
                ["AWS_ACCESS_KEY_ID"] = S3StandIn.Key,
                ["AWS_SECRET_ACCESS_KEY"] = S3StandIn.Secret,
            },
        },
        _ => settings,
    };
}
