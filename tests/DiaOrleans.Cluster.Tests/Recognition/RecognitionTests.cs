using System.Net;
using System.Text.Json;
using DiaOrleans.Cluster.Tests.Blobs;
using DiaOrleans.Cluster.Tests.Silos;
using DiaOrleans.Server.Tests.Recognition;

namespace DiaOrleans.Cluster.Tests.Recognition;

/// <summary>An API silo that does not recognise speech, and two silos that do, with a model whose words are always the same.</summary>
public sealed class RecognitionTests(PostgresServer postgres)
{
    private static readonly string[] Ids = ["a", "b", "c", "d", "e", "f"];

    [Fact]
    public async Task Recordings_are_recognised_on_other_silos_while_one_of_them_is_left()
    {
        using var cluster = await TestCluster.Create(postgres);
        var api = await cluster.Start("api", "api");
        (await Status(api)).GetProperty("available").GetBoolean().ShouldBeFalse();
        (await Recordings.Upload(api, "none", Recordings.Tone(100))).EnsureSuccessStatusCode();
        await Transcribed(api, "none", HttpStatusCode.ServiceUnavailable, "Speech recognition is off on every silo");

        SiloProcess[] recognising = [await Start(cluster, "gpu1"), await Start(cluster, "gpu2")];
        const string Loaded = "gpu1, gpu2: The Whisper model base is loaded.";
        await Until.Succeeds(async () => (await Message(api)).ShouldBe(Loaded));
        foreach (var id in Ids) (await Recordings.Upload(api, id, Recordings.Tone(100 + (10 * (id[0] - 96))))).EnsureSuccessStatusCode();
        await Transcribed(api, Ids[0], HttpStatusCode.OK, ScriptedModel.Text);

        // Each recording is asked of either silo first.
        recognising[0].Signal("STOP");
        await Task.WhenAll(Ids.Select(id => Transcribed(api, id, HttpStatusCode.OK, ScriptedModel.Text)));
        (await Message(api)).ShouldContain("gpu1: Does not answer.");
        recognising[0].Kill();
        recognising[1].Kill();
        foreach (var id in Ids[..2]) await Transcribed(api, id, HttpStatusCode.ServiceUnavailable, "Speech recognition");
    }

    private static Task<SiloProcess> Start(TestCluster cluster, string name)
    {
        var settings = cluster.Settings(name, "gpu");
        var models = Directory.CreateDirectory(Path.Combine(settings.Data, "whisper_models"));
        ScriptedModel.Write(Path.Combine(models.FullName, "ggml-base.bin"));
        return cluster.Start(settings with { Variables = new Dictionary<string, string> { ["DIA_WHISPER_DOWNLOADS"] = "off" } });
    }

    private static async Task<string> Message(SiloProcess silo) => (await Status(silo)).GetProperty("message").GetString()!;

    private static Task<JsonElement> Status(SiloProcess silo) => silo.Client.Accepted(HttpMethod.Get, "/whisper/status", "");

    private static async Task Transcribed(SiloProcess silo, string id, HttpStatusCode expected, string text)
    {
        using var answer = await silo.Client.PostAsync($"/audio_prompts/{id}/transcribe", null);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, body);
        body.ShouldContain(text);
    }
}
