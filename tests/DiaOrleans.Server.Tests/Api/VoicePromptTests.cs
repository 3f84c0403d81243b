using System.Net;
using System.Text.Json;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>Voices that continue a recording; docs/api.md, Cloning.</summary>
public sealed class VoicePromptTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>, IAsyncLifetime
{
    private const string Text = "Hello there, Peter.";

    private static int _names;

    private readonly ScriptedServer _server = fixture.Server;
    private readonly string _prompt = $"prompt-{Interlocked.Increment(ref _names)}";

    private HttpClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        _server.Recognizer.Available = true;
        await Client.Accepted(HttpMethod.Put, "/config", """{"auto_transcribe":false}""");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("My own words.", "[S1] My own words. Hello there, Peter. [S1]")]
    [InlineData("[S1] One. [S2] Two.", "[S1] One. [S2] Two. [S1] Hello there, Peter. [S1]")]
    [InlineData("[S2] Two. [S1] One.", "[S2] Two. [S1] One. Hello there, Peter. [S1]")]
    public async Task The_transcript_precedes_the_text_without_the_same_tag_twice_in_a_row(string transcript, string spoken)
    {
        await Upload();
        await Transcribe(transcript);
        var call = await Speak(await Voice(new { audio_prompt = _prompt }));
        call.Text.ShouldBe(spoken);
        call.Prompt.ShouldNotBeNull().Rows.ShouldBe(100);
        var log = await _server.LastLog();
        (log.GetProperty("audio_prompt_used").GetBoolean(), log.GetProperty("processed_text").GetString())
            .ShouldBe((true, $"[S1] {Text} [S1]"));
    }

    [Fact]
    public async Task A_transcript_without_tags_is_the_primary_speaker_s()
    {
        await Upload();
        await Transcribe("My own words.");
        (await Speak(await Voice(new { audio_prompt = _prompt, primary_speaker = "S2" }))).Text
            .ShouldBe("[S2] My own words. Hello there, Peter. [S2]");
    }

    [Fact]
    public async Task The_voice_s_own_transcript_overrides_the_prompt_s()
    {
        await Upload();
        await Transcribe("Of the prompt.");
        (await Speak(await Voice(new { audio_prompt = _prompt, audio_prompt_transcript = "Of the voice." }))).Text
            .ShouldBe("[S1] Of the voice. Hello there, Peter. [S1]");
    }

    [Fact]
    public async Task A_prompt_without_a_transcript_is_transcribed_once_if_the_configuration_allows_it()
    {
        await Upload();
        await Client.Accepted(HttpMethod.Put, "/config", "{}");
        var voice = await Voice(new { audio_prompt = _prompt });
        var calls = _server.Recognizer.Calls;
        for (var i = 0; i < 2; i++) (await Speak(voice)).Text.ShouldBe("[S1] Heard words. Hello there, Peter. [S1]");
        _server.Recognizer.Calls.ShouldBe(calls + 1);
        (await Metadata()).GetProperty("transcript").GetString().ShouldBe("Heard words.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_prompt_without_any_transcript_is_continued_by_its_audio_alone(bool available)
    {
        await Upload();
        if (!available) await Client.Accepted(HttpMethod.Put, "/config", "{}");
        _server.Recognizer.Available = available;
        var call = await Speak(await Voice(new { audio_prompt = _prompt }));
        (call.Text, call.Prompt?.Rows).ShouldBe(($"[S1] {Text} [S1]", 100));
        (await _server.LastLog()).GetProperty("audio_prompt_used").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_prompt_that_is_not_registered_is_ignored() =>
        await SpeaksWithoutPrompt(await Voice(new { audio_prompt = "not registered", audio_prompt_transcript = "Words." }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_prompt_whose_file_is_missing_or_damaged_is_ignored(bool gone)
    {
        await Upload();
        await Transcribe("Words.");
        var voice = await Voice(new { audio_prompt = _prompt });
        var file = Path.Combine(_server.Folder, "audio_prompts", $"{_prompt}.wav");
        if (gone) File.Delete(file);
        else await File.WriteAllTextAsync(file, "No sound.");
        await SpeaksWithoutPrompt(voice);
    }

    [Theory]
    [InlineData("/generate", "voice_id")]
    [InlineData("/v1/audio/speech", "voice")]
    public async Task A_transcript_behind_which_the_model_has_nothing_to_say_is_a_mistake_of_the_client(string path, string field)
    {
        await Upload();
        var voice = await Voice(new { audio_prompt = _prompt });
        _server.Engine.Script = run => ScriptedEngine.Speak(run, 0);
        try
        {
            var body = path == "/generate" ? $$"""{"text":"Hi.","voice_id":"{{voice}}"}""" : $$"""{"input":"Hi.","voice":"{{voice}}"}""";
            (await Client.PostJson(path, body)).StatusCode.ShouldBe(HttpStatusCode.InternalServerError, "the voice has no transcript");
            await Transcribe("A part.");
            var answer = await Client.PostJson(path, body);
            answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            var problem = (await answer.Json()).GetProperty("detail").EnumerateArray().ShouldHaveSingleItem();
            problem.GetProperty("type").GetString().ShouldBe("value_error");
            problem.GetProperty("loc").EnumerateArray().Select(part => part.GetString()).ShouldBe(["body", field]);
            problem.GetProperty("input").GetString().ShouldBe(voice);
            problem.GetProperty("msg").GetString().ShouldNotBeNull().ShouldContain($"/audio_prompts/{_prompt}/transcript");

            var job = (await Client.Accepted(HttpMethod.Post, "/generate?async_mode=true", $$"""{"text":"Hi.","voice_id":"{{voice}}"}"""))
                .GetProperty("job_id").GetString();
            JsonElement ended;
            do ended = await (await Client.GetAsync($"/jobs/{job}")).Json();
            while (ended.GetProperty("completed_at").ValueKind == JsonValueKind.Null);
            ended.GetProperty("error_message").GetString().ShouldBe(problem.GetProperty("msg").GetString());
        }
        finally
        {
            _server.Engine.Script = ScriptedEngine.Speak;
        }
    }

    [Fact]
    public async Task The_output_contains_no_audio_of_the_prompt()
    {
        await Upload(seconds: 10);
        var answer = await _server.Generate(new { text = Text }, await Voice(new { audio_prompt = _prompt }));
        // The engine makes one second.
        (((await answer.Content.ReadAsByteArrayAsync()).Length - 44) / 2 / 44100.0).ShouldBe(1, 0.05);
    }

    [Theory]
    [InlineData(0.5, 25)]
    [InlineData(15, 750)]
    [InlineData(16, 800)]
    public async Task A_prompt_without_times_is_used_as_it_is(double seconds, int rows)
    {
        await Upload(seconds);
        await Transcribe("Words that nobody has the times of.");
        (await Speak(await Voice(new { audio_prompt = _prompt }))).Prompt!.Rows.ShouldBeInRange(rows - 1, rows + 1);
    }

    [Fact]
    public async Task A_prompt_over_the_maximum_is_shortened_with_its_words_if_their_times_are_known()
    {
        _server.Recognizer.Text = "one two three";
        _server.Recognizer.Spans = [new TranscriptSpan(0, 6, "one"), new TranscriptSpan(6, 12, "two"), new TranscriptSpan(12, 20, "three")];
        try
        {
            await Upload(20);
            (await Client.PostAsync($"/audio_prompts/{_prompt}/transcribe", null)).EnsureSuccessStatusCode();
            var call = await Speak(await Voice(new { audio_prompt = _prompt }));
            call.Text.ShouldBe($"[S1] one two {Text} [S1]");
            call.Prompt!.Rows.ShouldBeInRange(590, 760);
        }
        finally
        {
            _server.Recognizer.Text = "Heard words.";
            _server.Recognizer.Spans = [];
        }
    }

    [Fact]
    public async Task A_prompt_that_leaves_no_room_keeps_its_head()
    {
        await Upload(60);
        var words = string.Join(' ', Enumerable.Range(0, 60).Select(i => $"word{i}"));
        await Transcribe(words);
        var call = await Speak(await Voice(new { audio_prompt = _prompt }));
        call.Prompt!.Rows.ShouldBeInRange(1000, 1700 - 100);
        call.Text.ShouldStartWith("[S1] word0 word1 ");
        call.Text.ShouldNotContain("word59");
        call.Text.ShouldEndWith($" {Text} [S1]");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_upload_of_other_sound_drops_the_transcript_and_keeps_its_text_as_a_backup(bool byHand)
    {
        await Upload();
        if (byHand) await Transcribe("By hand.");
        else (await Client.PostAsync($"/audio_prompts/{_prompt}/transcribe", null)).EnsureSuccessStatusCode();
        var text = Path.Combine(_server.Folder, "audio_prompts", $"{_prompt}.txt");
        var before = await File.ReadAllTextAsync(text);
        await Upload(seconds: 3);
        (await Metadata()).GetProperty("transcript").GetString().ShouldBeNull();
        File.Exists(text).ShouldBeFalse();
        (await File.ReadAllTextAsync(text + ".backup")).ShouldBe(before);
    }

    [Theory]
    [InlineData("""{"audio_prompt":"{0}"}""", "Of the prompt.")]
    [InlineData("""{"audio_prompt":"{0}","audio_prompt_transcript":"Sent."}""", "Sent.")]
    [InlineData("""{"style":"calm"}""", "Of the voice.")]
    public async Task Another_prompt_has_its_own_transcript_unless_one_is_sent(string change, string transcript)
    {
        await Upload();
        await Transcribe("Of the prompt.");
        var voice = await Voice(new { audio_prompt = "other", audio_prompt_transcript = "Of the voice." });
        var answer = await Client.Accepted(HttpMethod.Put, $"/voice_mappings/{voice}", change.Replace("{0}", _prompt));
        answer.GetProperty("voice_config").GetProperty("audio_prompt_transcript").GetString().ShouldBe(transcript);
    }

    [Fact]
    public async Task A_job_shows_whether_a_prompt_was_used()
    {
        await Upload();
        var voice = await Voice(new { audio_prompt = _prompt });
        var id = (
            await Client.Accepted(
                HttpMethod.Post,
                "/generate?async_mode=true",
                JsonSerializer.Serialize(new { text = Text, voice_id = voice }))).GetProperty("job_id").GetString();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        JsonElement job;
        do job = await (await Client.GetAsync($"/jobs/{id}", limit.Token)).Json();
        while (job.GetProperty("status").GetString() != "completed");
        (job.GetProperty("audio_prompt_used").GetBoolean(), job.GetProperty("processed_text").GetString())
            .ShouldBe((true, $"[S1] {Text} [S1]"));
    }

    private async Task SpeaksWithoutPrompt(string voice)
    {
        var call = await Speak(voice);
        (call.Text, call.Prompt).ShouldBe(($"[S1] {Text} [S1]", null));
        (await _server.LastLog()).GetProperty("audio_prompt_used").GetBoolean().ShouldBeFalse();
    }

    private async Task Upload(double seconds = 2)
    {
        var answer = await Client.PostAsync("/audio_prompts/upload", PromptServer.Form(_prompt, PromptServer.Tone(seconds)));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private Task Transcribe(string transcript) =>
        Client.Accepted(HttpMethod.Put, $"/audio_prompts/{_prompt}/transcript", JsonSerializer.Serialize(new { transcript }));

    private async Task<JsonElement> Metadata() => await (await Client.GetAsync($"/audio_prompts/metadata/{_prompt}")).Json();

    private async Task<string> Voice(object settings)
    {
        var fields = JsonSerializer.SerializeToNode(settings)!.AsObject();
        var id = $"voice of {_prompt}";
        fields.Add("voice_id", id);
        await Client.Accepted(HttpMethod.Post, "/voice_mappings", fields.ToJsonString());
        return id;
    }

    private async Task<SpeechCall> Speak(string voice)
    {
        var answer = await _server.Generate(new { text = Text }, voice);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return _server.Engine.LastCall;
    }
}
