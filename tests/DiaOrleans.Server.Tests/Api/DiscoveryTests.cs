using System.Net;
using System.Text.Json;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>
/// POST /audio_prompts/discover and transcripts; docs/api.md, Audio prompts. Each test has a server of its own, without prompts and voices
/// at first.
/// </summary>
public sealed class DiscoveryTests(PromptFixture fixture) : IClassFixture<PromptFixture>, IAsyncLifetime
{
    private readonly PromptServer _server = fixture.Server;

    private HttpClient Client => _server.Client;

    public async ValueTask InitializeAsync() => await _server.Clear();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("voice.wav", "voice")]
    [InlineData("voice.mp3", "voice")]
    [InlineData("voice.flac", "voice")]
    [InlineData("voice.ogg", "voice")]
    [InlineData("voice.m4a", "voice")]
    [InlineData("voice.aac", "voice")]
    [InlineData("voice.wma", "voice")]
    [InlineData("voice.mp4", "voice")]
    [InlineData("voice.WAV", "voice")]
    [InlineData("my voice.v2.wav", "my voice.v2")]
    [InlineData("voice.txt", null)]
    [InlineData("voice", null)]
    [InlineData("voice.opus", null)]
    [InlineData("folder/voice.wav", null)]
    public async Task A_file_is_found_by_its_suffix_in_the_flat_folder(string name, string? id)
    {
        Directory.CreateDirectory(_server.File("folder"));
        await _server.Put(name, PromptServer.Tone(1));
        var found = await Discover();
        found.GetProperty("message").GetString().ShouldBe($"Discovered {(id is null ? 0 : 1)} audio prompts");
        found.GetProperty("discovered").EnumerateArray().Select(p => p.GetProperty("prompt_id").GetString())
            .ShouldBe(id is null ? [] : [id]);
        (await (await Client.GetAsync("/audio_prompts")).Json()).EnumerateObject().Select(p => p.Name).ShouldBe(id is null ? [] : [id]);
        (await Client.GetStringAsync("/voice_mappings")).ShouldBe("{}", "It creates no voices.");
    }

    [Fact]
    public async Task Unreadable_files_are_skipped_and_all_registered_prompts_are_counted()
    {
        await _server.Upload("uploaded");
        await _server.Put("broken.wav", "No sound.");
        await _server.Put("good.wav", PromptServer.Tone(1));
        var found = await Discover();
        found.EnumerateObject().Select(p => p.Name).ShouldBe(["message", "total_prompts", "discovered"]);
        found.GetProperty("total_prompts").GetInt32().ShouldBe(2);
        found.GetProperty("discovered").EnumerateArray().Select(p => p.GetProperty("prompt_id").GetString())
            .ShouldBe(["good", "uploaded"], ignoreOrder: true);
        found.GetProperty("discovered")[0].EnumerateObject().Select(p => p.Name)
            .ShouldBe(["prompt_id", "file_path", "duration", "sample_rate", "transcript", "transcript_source", "hash", "discovered_at"]);
    }

    [Theory]
    [InlineData("By a reference.", "By a file.", true, "By a reference.", "reference")]
    [InlineData(null, "By a file.", true, "By a file.", "txt")]
    [InlineData(null, null, true, "Heard words.", "whisper")]
    [InlineData(null, null, false, null, null)]
    public async Task The_first_source_of_a_transcript_counts(
        string? reference,
        string? text,
        bool whisper,
        string? transcript,
        string? source)
    {
        await Transcribing(true);
        _server.Recognizer.Available = whisper;
        await _server.Put("v.wav", PromptServer.Tone(1));
        if (reference is not null) await _server.Put("v.reference.txt", reference);
        if (text is not null) await _server.Put("v.txt", text);
        var calls = _server.Recognizer.Calls;
        await Discover();
        await Words(transcript, source);
        (_server.Recognizer.Calls - calls).ShouldBe(source == "whisper" ? 1 : 0);
        if (source == "whisper") (await File.ReadAllTextAsync(_server.File("v.txt"))).ShouldBe("Heard words.");
    }

    [Fact]
    public async Task A_transcript_is_kept_while_the_file_is_unchanged()
    {
        await Transcribing(true);
        await _server.Put("v.wav", PromptServer.Tone(1));
        await Discover();
        File.Delete(_server.File("v.txt"));
        var calls = _server.Recognizer.Calls;
        await Discover();
        await Words("Heard words.", "whisper");
        _server.Recognizer.Calls.ShouldBe(calls);
        await _server.Put("v.wav", PromptServer.Tone(1, hertz: 330));
        _server.Recognizer.Text = "Other words.";
        await Discover();
        await Words("Other words.", "whisper");
    }

    [Fact]
    public async Task Forcing_skips_both_files_and_keeps_a_backup_of_the_old_transcript()
    {
        await Transcribing(true);
        await _server.Put("v.wav", PromptServer.Tone(1));
        await _server.Put("v.reference.txt", "By a reference.");
        await _server.Put("v.txt", "By a file.");
        await Discover("""{"force_retranscribe":true}""");
        await Words("Heard words.", "whisper");
        (await File.ReadAllTextAsync(_server.File("v.txt")), await File.ReadAllTextAsync(_server.File("v.txt.backup")))
            .ShouldBe(("Heard words.", "By a file."));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Forcing_is_ignored_if_transcription_is_off(bool allowed, bool available)
    {
        await Transcribing(allowed);
        _server.Recognizer.Available = available;
        await _server.Put("v.wav", PromptServer.Tone(1));
        await _server.Put("v.txt", "By a file.");
        await Discover("""{"force_retranscribe":true}""");
        await Words("By a file.", "txt");
    }

    [Theory]
    [InlineData("null", false, "By a file.")]
    [InlineData("\"Set by hand.\"", false, "Set by hand.")]
    [InlineData("\"Set by hand.\"", true, "Set by hand.")]
    public async Task A_voice_without_a_transcript_gets_that_of_its_prompt(string transcript, bool changed, string left)
    {
        await _server.Put("v.wav", PromptServer.Tone(1));
        await Client.Accepted(
            HttpMethod.Post,
            "/voice_mappings",
            $$"""{"voice_id":"anna","audio_prompt":"v","audio_prompt_transcript":{{transcript}}}""");
        await _server.Put("v.txt", "By a file.");
        await Discover();
        if (changed)
        {
            await _server.Put("v.wav", PromptServer.Tone(2));
            await _server.Put("v.txt", "By another file.");
            await Discover();
        }

        await VoiceSays(left);
    }

    [Fact]
    public async Task A_voice_s_transcript_follows_a_changed_file_unless_it_was_set_by_hand()
    {
        await _server.Put("v.wav", PromptServer.Tone(1));
        await _server.Put("v.txt", "By a file.");
        await Discover();
        await Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna","audio_prompt":"v"}""");
        await VoiceSays("By a file.");
        await _server.Put("v.wav", PromptServer.Tone(2));
        await _server.Put("v.txt", "By another file.");
        await Discover();
        await VoiceSays("By another file.");
    }

    [Fact]
    public async Task Transcribing_changes_no_voice_and_works_without_auto_transcribe()
    {
        await _server.Upload("v");
        await Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna","audio_prompt":"v"}""");
        (await (await Client.PostAsync("/audio_prompts/v/transcribe", null)).Content.ReadAsStringAsync())
            .ShouldBe("""{"prompt_id":"v","transcript":"Heard words.","saved_to":"audio_prompts/v.txt"}""");
        await Words("Heard words.", "whisper");
        (await (await Client.GetAsync("/voice_mappings")).Json()).GetProperty("anna").GetProperty("audio_prompt_transcript").ValueKind
            .ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData(false, null, 503, "It is not available.")]
    [InlineData(true, "Broken.", 500, "Transcription failed")]
    public async Task A_failed_transcription_has_its_reason(bool available, string? failure, int status, string detail)
    {
        await _server.Upload("v");
        _server.Recognizer.Available = available;
        _server.Recognizer.Failure = failure is null ? null : new RecognitionException(failure);
        var answer = await Client.PostAsync("/v1/audio_prompts/v/transcribe", null);
        ((int)answer.StatusCode, await answer.Detail()).ShouldBe((status, detail));
        (await answer.Json()).GetProperty("error").GetProperty("type").GetString().ShouldBe("server_error");
    }

    [Fact]
    public async Task Deleting_a_prompt_deletes_its_recording_its_transcript_and_its_metadata()
    {
        await _server.Upload("v");
        await Client.Accepted(HttpMethod.Put, "/audio_prompts/v/transcript", """{"transcript":"By hand."}""");
        await _server.Put("v.reference.txt", "By a reference.");
        (await Client.DeleteAsync("/audio_prompts/v")).EnsureSuccessStatusCode();
        Directory.EnumerateFiles(_server.File("")).Select(Path.GetFileName).ShouldBeEmpty();
        (await Client.GetStringAsync("/audio_prompts/metadata")).ShouldBe("{}");
        (await Client.GetAsync("/audio_prompts/metadata/v")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_prompt_of_several_voices_names_them_all()
    {
        await _server.Upload("v");
        foreach (var id in (string[])["b", "it's"])
            await Client.Accepted(HttpMethod.Post, "/voice_mappings", JsonSerializer.Serialize(new { voice_id = id, audio_prompt = "v" }));
        var answer = await Client.DeleteAsync("/v1/audio_prompts/v");
        (answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((HttpStatusCode.OK,
            """{"warning":"Audio prompt 'v' is used by voices: ['b', \"it's\"]","message":"Remove from voice mappings first """
            + """before deleting"}"""));
        (await Client.GetAsync("/audio_prompts/metadata/v")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_transcript_set_by_hand_reaches_every_voice_of_the_prompt_and_no_other()
    {
        await _server.Upload("v");
        foreach (var (id, prompt) in new[] { ("a", "v"), ("b", "w"), ("c", "v") })
            await Client.Accepted(
                HttpMethod.Post,
                "/voice_mappings",
                JsonSerializer.Serialize(new { voice_id = id, audio_prompt = prompt, audio_prompt_transcript = "Old." }));
        const string Transcript = """{"transcript":"By hand.","prompt_id":"another"}""";
        (await Client.Accepted(HttpMethod.Put, "/v1/audio_prompts/v/transcript", Transcript)).GetRawText()
            .ShouldBe("""{"message":"Transcript updated successfully","prompt_id":"v","updated_voices":["a","c"]}""");
        (await (await Client.GetAsync("/voice_mappings")).Json()).EnumerateObject()
            .Select(v => v.Value.GetProperty("audio_prompt_transcript").GetString())
            .ShouldBe(["By hand.", "Old.", "By hand."]);
        (await File.ReadAllTextAsync(_server.File("v.txt"))).ShouldBe("By hand.");
    }

    private Task Transcribing(bool on) =>
        Client.Accepted(HttpMethod.Put, "/config", $$"""{"auto_transcribe":{{(on ? "true" : "false")}}}""");

    private Task<JsonElement> Discover(string body = "") => Client.Accepted(HttpMethod.Post, "/audio_prompts/discover", body);

    private async Task Words(string? transcript, string? source)
    {
        var metadata = await (await Client.GetAsync("/audio_prompts/metadata/v")).Json();
        (metadata.GetProperty("transcript").GetString(), metadata.GetProperty("transcript_source").GetString())
            .ShouldBe((transcript, source));
    }

    private async Task VoiceSays(string transcript) =>
        (await (await Client.GetAsync("/voice_mappings")).Json()).GetProperty("anna").GetProperty("audio_prompt_transcript").GetString()
            .ShouldBe(transcript);
}
