using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>Audio prompts; docs/api.md, Audio prompts. The class has a server of its own, without prompts when a test begins.</summary>
public sealed class PromptTests(PromptFixture fixture) : IClassFixture<PromptFixture>, IAsyncLifetime
{
    private readonly PromptServer _server = fixture.Server;

    public async ValueTask InitializeAsync() => await _server.Clear();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Metadata_has_all_facts_of_a_prompt()
    {
        (await _server.Client.GetStringAsync("/audio_prompts/metadata")).ShouldBe("{}");
        await _server.Upload("anna", PromptServer.Tone(1.239));
        var one = await _server.Client.GetStringAsync("/v1/audio_prompts/metadata/anna");
        var metadata = JsonDocument.Parse(one).RootElement;
        metadata.EnumerateObject().Select(p => p.Name)
            .ShouldBe(["prompt_id", "file_path", "duration", "sample_rate", "transcript", "transcript_source", "hash", "discovered_at"]);
        (metadata.GetProperty("prompt_id").GetString(), metadata.GetProperty("file_path").GetString())
            .ShouldBe(("anna", "audio_prompts/anna.wav"));
        (metadata.GetProperty("duration").GetDouble(), metadata.GetProperty("sample_rate").GetInt32()).ShouldBe((1.24, 44100));
        metadata.GetProperty("transcript").ValueKind.ShouldBe(JsonValueKind.Null);
        var stored = await File.ReadAllBytesAsync(_server.File("anna.wav"));
        metadata.GetProperty("hash").GetString().ShouldBe(Convert.ToHexStringLower(MD5.HashData(stored)));
        metadata.GetProperty("discovered_at").GetString()!.ShouldEndWith("Z");
        (await _server.Client.GetStringAsync("/audio_prompts/metadata")).ShouldBe($$"""{"anna":{{one}}}""");
    }

    [Fact]
    public async Task The_sound_of_a_prompt_is_served_whole_and_in_parts()
    {
        await _server.Upload("Zoë (1)");
        await _server.Put("found.flac", MadeFlac());
        await _server.Client.Accepted(HttpMethod.Post, "/audio_prompts/discover", "{}");
        var stored = await File.ReadAllBytesAsync(_server.File("Zoë (1).wav"));
        var whole = await _server.Client.GetAsync("/v1/audio_prompts/Zo%C3%AB%20(1)/audio");
        (whole.Content.Headers.ContentType!.MediaType, whole.Headers.AcceptRanges.ShouldHaveSingleItem()).ShouldBe(("audio/wav", "bytes"));
        (await whole.Content.ReadAsByteArrayAsync()).ShouldBe(stored);
        var part = await Send(HttpMethod.Get, "/audio_prompts/Zo%C3%AB%20(1)/audio", "bytes=44-99");
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe(stored[44..100]);
        part.Headers.ETag.ShouldBe(whole.Headers.ETag.ShouldNotBeNull());
        var head = await Send(HttpMethod.Head, "/audio_prompts/Zo%C3%AB%20(1)/audio");
        (head.StatusCode, head.Content.Headers.ContentLength).ShouldBe((HttpStatusCode.OK, stored.Length));
        (await _server.Client.GetByteArrayAsync("/audio_prompts/found/audio"))[..4].ShouldBe("RIFF"u8.ToArray());
        await _server.Upload("Zoë (1)", PromptServer.Tone(1, hertz: 330));
        (await _server.Client.GetAsync("/audio_prompts/Zo%C3%AB%20(1)/audio")).Headers.ETag.ShouldNotBe(whole.Headers.ETag);
        (await (await _server.Client.GetAsync("/audio_prompts/nobody/audio")).Detail()).ShouldBe("Audio prompt 'nobody' not found");
        File.Delete(_server.File("Zoë (1).wav"));
        (await _server.Client.GetAsync("/audio_prompts/Zo%C3%AB%20(1)/audio")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static byte[] MadeFlac()
    {
        using var encoder = AudioEncoders.Create(AudioFormat.Flac, 16000);
        var bytes = new ArrayBufferWriter<byte>();
        encoder.Write(new float[16000], bytes);
        encoder.Finish(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private Task<HttpResponseMessage> Send(HttpMethod method, string path, string? range = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (range is not null) request.Headers.Add("Range", range);
        return _server.Client.SendAsync(request);
    }

    [Fact]
    public async Task The_list_shows_which_files_are_missing_or_damaged()
    {
        foreach (var id in (string[])["gone", "spoilt", "well"]) await _server.Upload(id);
        File.Delete(_server.File("gone.wav"));
        await _server.Put("spoilt.wav", "noise");
        var list = await (await _server.Client.GetAsync("/audio_prompts")).Json();
        list.GetProperty("gone").GetRawText().ShouldBe("""{"file_path":"audio_prompts/gone.wav","exists":false}""");
        list.GetProperty("spoilt").EnumerateObject().Select(p => p.Name).ShouldBe(["file_path", "exists", "error"]);
        list.GetProperty("well").GetProperty("exists").GetBoolean().ShouldBeTrue();
        await _server.Put("gone.wav", PromptServer.Tone(2));
        (await (await _server.Client.GetAsync("/audio_prompts")).Json()).GetProperty("gone").GetProperty("duration").GetDouble()
            .ShouldBe(2);
    }

    [Fact]
    public async Task A_used_prompt_is_kept_and_an_unused_one_is_deleted()
    {
        await _server.Upload("anna");
        await _server.Client.PostJson("/voice_mappings", """{"voice_id":"v1","audio_prompt":"anna"}""");
        (await (await _server.Client.DeleteAsync("/audio_prompts/anna")).Content.ReadAsStringAsync())
            .ShouldBe(
                """{"warning":"Audio prompt 'anna' is used by voices: ['v1']","message":"Remove from voice mappings first before """
                + """deleting"}""");
        File.Exists(_server.File("anna.wav")).ShouldBeTrue();
        await _server.Client.DeleteAsync("/voice_mappings/v1");
        (await _server.Client.GetStringAsync("/audio_prompts")).ShouldContain("anna");
        (await (await _server.Client.DeleteAsync("/v1/audio_prompts/anna")).Content.ReadAsStringAsync())
            .ShouldBe("""{"message":"Audio prompt 'anna' deleted successfully"}""");
        File.Exists(_server.File("anna.wav")).ShouldBeFalse();
        (await _server.Client.GetStringAsync("/audio_prompts")).ShouldBe("{}");
    }

    [Theory]
    [InlineData("DELETE", "/audio_prompts/{0}")]
    [InlineData("GET", "/audio_prompts/metadata/{0}")]
    [InlineData("POST", "/audio_prompts/{0}/transcribe")]
    [InlineData("PUT", "/audio_prompts/{0}/transcript")]
    public async Task An_unknown_prompt_is_not_found_under_its_decoded_id(string method, string route)
    {
        foreach (
            var (path, id) in new[]
            {
                ("nobody", "nobody"),
                ("%20", " "),
                ("a%252Fb", "a%2Fb"),
                ("a%2Fb", "a/b"),
                ("metadata", "metadata"),
                ("discover", "discover"),
                ("upload", "upload"),
            })
        {
            var request = new HttpRequestMessage(
                new HttpMethod(method),
                "/v1" + string.Format(route, path)) { Content = new StringContent("""{"transcript":"x"}""") };
            var answer = await _server.Client.SendAsync(request);
            ((int)answer.StatusCode, await answer.Detail()).ShouldBe((404, $"Audio prompt '{id}' not found"));
        }
    }

    [Theory]
    [InlineData("metadata")]
    [InlineData("upload")]
    [InlineData("discover")]
    public async Task A_prompt_can_have_the_name_of_a_route(string id)
    {
        (await _server.Upload(id)).EnsureSuccessStatusCode();
        (await (await _server.Client.GetAsync($"/audio_prompts/metadata/{id}")).Json()).GetProperty("prompt_id").GetString().ShouldBe(id);
        (await _server.Client.PutJson($"/audio_prompts/{id}/transcript", """{"transcript":"Words."}""")).EnsureSuccessStatusCode();
        (await _server.Client.PostAsync($"/audio_prompts/{id}/transcribe", null)).EnsureSuccessStatusCode();
        (await _server.Client.DeleteAsync($"/audio_prompts/{id}")).EnsureSuccessStatusCode();
        (await _server.Client.GetStringAsync("/audio_prompts/metadata")).ShouldBe("{}");
    }

    [Fact]
    public async Task Discovery_registers_the_files_of_the_folder()
    {
        await _server.Put("my voice.wav", PromptServer.Tone(1));
        await _server.Put("my voice.reference.txt", "Said by me.");
        await _server.Put("broken.mp3", "noise");
        await _server.Upload("uploaded");
        var answer = await (await _server.Client.PostAsync("/audio_prompts/discover", null)).Json();
        answer.GetProperty("message").GetString().ShouldBe("Discovered 2 audio prompts");
        answer.GetProperty("total_prompts").GetInt32().ShouldBe(2);
        var found = answer.GetProperty("discovered")[0];
        (
            found.GetProperty("prompt_id").GetString(),
            found.GetProperty("transcript").GetString(),
            found.GetProperty("transcript_source").GetString())
            .ShouldBe(("my voice", "Said by me.", "reference"));
        (await _server.Client.DeleteAsync("/audio_prompts/my%20voice")).EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData("null", 200)]
    [InlineData("{}", 200)]
    [InlineData("""{"force_retranscribe":"yes"}""", 200)]
    [InlineData("""{"force_retranscribe":"perhaps"}""", 422)]
    [InlineData("[]", 422)]
    [InlineData("{", 422)]
    public async Task Discovery_reads_its_body_if_there_is_one(string body, int status) =>
        ((int)(await _server.Client.PostJson("/audio_prompts/discover", body)).StatusCode).ShouldBe(status);

    [Fact]
    public async Task A_transcript_set_by_hand_reaches_file_metadata_and_voices()
    {
        await _server.Upload("anna");
        await _server.Client.PostJson("/voice_mappings", """{"voice_id":"v1","audio_prompt":"anna"}""");
        var answer = await _server.Client.PutJson("/audio_prompts/anna/transcript", """{"prompt_id":7,"transcript":"By hand."}""");
        (await answer.Content.ReadAsStringAsync())
            .ShouldBe("""{"message":"Transcript updated successfully","prompt_id":"anna","updated_voices":["v1"]}""");
        (await File.ReadAllTextAsync(_server.File("anna.txt"))).ShouldBe("By hand.");
        (await _server.Client.GetStringAsync("/audio_prompts/metadata/anna"))
            .ShouldContain("\"transcript\":\"By hand.\",\"transcript_source\":\"manual\"");
        (await _server.Client.GetStringAsync("/voice_mappings")).ShouldContain("\"audio_prompt_transcript\":\"By hand.\"");
        (await (await _server.Client.PostJson("/voice_mappings", """{"voice_id":"v2","audio_prompt":"anna"}""")).Json())
            .GetProperty("voice_config").GetProperty("audio_prompt_transcript").GetString().ShouldBe("By hand.");
        (await (await _server.Client.PutJson("/audio_prompts/nobody/transcript", "{}")).OnlyFailure()).GetProperty("loc")[1].GetString()
            .ShouldBe("transcript");
    }

    [Fact]
    public async Task Transcribing_answers_with_the_transcript_and_its_file()
    {
        await _server.Upload("anna");
        (await (await _server.Client.PostAsync("/v1/audio_prompts/anna/transcribe", null)).Content.ReadAsStringAsync())
            .ShouldBe("""{"prompt_id":"anna","transcript":"Heard words.","saved_to":"audio_prompts/anna.txt"}""");
        (await File.ReadAllTextAsync(_server.File("anna.txt"))).ShouldBe("Heard words.");
        _server.Recognizer.Failure = new RecognitionException("Broken.");
        var failed = await _server.Client.PostAsync("/audio_prompts/anna/transcribe", null);
        ((int)failed.StatusCode, await failed.Detail()).ShouldBe((500, "Transcription failed"));
        _server.Recognizer.Available = false;
        var missing = await _server.Client.PostAsync("/audio_prompts/anna/transcribe", null);
        ((int)missing.StatusCode, await missing.Detail()).ShouldBe((503, "It is not available."));
    }

    [Fact]
    public async Task An_upload_is_transcribed_in_the_background_if_the_configuration_says_so()
    {
        await using var server = await PromptServer.Start();
        await server.Client.PutJson("/config", "{}");
        await server.Upload("anna");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!(await server.Client.GetStringAsync("/audio_prompts/metadata/anna", limit.Token)).Contains("Heard words."))
            await Task.Delay(10, limit.Token);
    }

    [Fact]
    public async Task The_state_of_whisper_is_shown()
    {
        await using var server = await PromptServer.Start();
        (await server.Client.GetStringAsync("/whisper/status"))
            .ShouldBe(
                """{"available":true,"model_loaded":false,"model_size":"base","auto_transcribe":false"""
                + ""","message":"The fake model base."}""");
        (await (await server.Client.PostAsync("/v1/whisper/load", null)).Content.ReadAsStringAsync())
            .ShouldBe("""{"message":"Whisper model loaded successfully"}""");
        (await server.Client.GetStringAsync("/whisper/status")).ShouldContain("\"model_loaded\":true");
        server.Recognizer.Failure = new RecognitionException("No such size.");
        var failed = await server.Client.PostAsync("/whisper/load", null);
        ((int)failed.StatusCode, await failed.Detail()).ShouldBe((500, "Failed to load Whisper model"));
        server.Recognizer.Available = false;
        var missing = await server.Client.PostAsync("/whisper/load", null);
        ((int)missing.StatusCode, await missing.Detail()).ShouldBe((503, "It is not available."));
        (await server.Client.GetStringAsync("/v1/whisper/status")).ShouldContain("\"model_size\":null");
    }

    [Fact]
    public async Task Prompts_survive_a_restart_and_new_files_are_found_at_the_start()
    {
        var folder = Directory.CreateTempSubdirectory("dia-restart-").FullName;
        try
        {
            string before;
            await using (var first = await PromptServer.Start(folder))
            {
                await first.Upload("anna");
                await first.Client.PutJson("/audio_prompts/anna/transcript", """{"transcript":"By hand."}""");
                before = await first.Client.GetStringAsync("/audio_prompts/metadata/anna");
                await first.Put("dropped.wav", PromptServer.Tone(1));
            }

            await using var second = await PromptServer.Start(folder);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (!(await second.Client.GetStringAsync("/audio_prompts", limit.Token)).Contains("dropped"))
                await Task.Delay(10, limit.Token);
            (await second.Client.GetStringAsync("/audio_prompts/metadata/anna")).ShouldBe(before);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Other_methods_are_not_allowed()
    {
        (await _server.Client.GetAsync("/audio_prompts/upload")).StatusCode.ShouldBe(System.Net.HttpStatusCode.MethodNotAllowed);
        (await _server.Client.PostAsync("/audio_prompts/metadata", null)).StatusCode.ShouldBe(System.Net.HttpStatusCode.MethodNotAllowed);
    }
}
