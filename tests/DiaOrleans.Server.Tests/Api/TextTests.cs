using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>The text that the engine gets; docs/api.md, Texts and Long and short texts.</summary>
public sealed partial class TextTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>, IAsyncLifetime
{
    private readonly ScriptedServer _server = fixture.Server;

    public async ValueTask InitializeAsync()
    {
        _server.Engine.Script = ScriptedEngine.Speak;
        foreach (var (id, speaker) in new[] { ("two", "S2"), ("odd", "S3"), ("small", "s2") })
            await _server.Client.Accepted(
                HttpMethod.Post,
                "/voice_mappings",
                JsonSerializer.Serialize(new { voice_id = id, primary_speaker = speaker }));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("Hello there, Peter.", "[S1] Hello there, Peter. [S1]")]
    [InlineData("*Hello* the**re.", "[S1] Hello there. [S1]")]
    [InlineData("E\u0301te\u0301 \u200btime", "[S1] Été time [S1]")]
    [InlineData("# Plan\n- *Milk*\n- [Bread](https://example.org/b) 😀", "[S1] Plan. Milk. Bread. [S1]")]
    [InlineData(" a \t\r\n  b\u00A0\u2003c ", "[S1] a b c [S1]")]
    [InlineData("\0a\u0007b\u001Fc d", "[S1] abc d [S1]")]
    [InlineData("[S1] A. [S2] B.", "[S1] A. [S2] B. [S1]")]
    [InlineData("[S2] A.", "[S2] A. [S2]")]
    [InlineData("[S1] A. [S2] B. [S1] C.", "[S1] A. [S2] B. [S1] C. [S2]")]
    [InlineData("[S1] A. [S2] B. [S1]", "[S1] A. [S2] B. [S1]")]
    [InlineData("Hello [S2] B.", "[S1] Hello [S2] B. [S1]")]
    [InlineData("Hello [S1] B.", "[S2] Hello [S1] B. [S2]")]
    [InlineData("[s1] A.", "[S1] A. [S1]")]
    [InlineData("Grüße, 世界", "[S1] Grüße, 世界 [S1]")]
    public async Task Text_is_cleaned_and_tagged(string text, string processed)
    {
        (await _server.Generate(new { text })).EnsureSuccessStatusCode();
        var log = await _server.LastLog();
        (log.GetProperty("text").GetString(), log.GetProperty("processed_text").GetString()).ShouldBe((text, processed));
        _server.Engine.LastCall.Text.ShouldBe(processed);
    }

    [Fact]
    public async Task Normalize_text_off_leaves_marks_as_they_are()
    {
        const string Text = "[s3] # Plan &amp; [pause:1s] 😀";
        foreach (var path in new[] { "/generate", "/v1/audio/speech" })
        {
            var body = JsonSerializer.Serialize(
                new { text = Text, input = Text, voice_id = "anna", voice = "anna", normalize_text = false });
            (await _server.Client.PostJson(path, body)).EnsureSuccessStatusCode();
            _server.Engine.LastCall.Text.ShouldBe($"[S1] {Text} [S1]");
        }
    }

    [Theory]
    [InlineData("[S3] A.", "Unknown speaker tag '[S3]': Dia has the speakers [S1] and [S2]")]
    [InlineData("A. [pause:11s]", "Pause '[pause:11s]' is too long: a pause is 10 s at most")]
    [InlineData("😀", "Text cannot be empty")]
    public async Task A_text_that_cannot_be_spoken_is_a_400(string text, string detail)
    {
        foreach (var path in new[] { "/generate", "/api/tts/generate", "/generate?async_mode=true", "/v1/audio/speech" })
        {
            var body = JsonSerializer.Serialize(new { text, input = text, voice_id = "anna", voice = "anna" });
            var answer = await _server.Client.PostJson(path, body);
            (answer.StatusCode, await answer.Detail()).ShouldBe((HttpStatusCode.BadRequest, detail));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_pause_is_silence_of_its_length_between_two_calls(double speed)
    {
        _server.Engine.Script = run => ScriptedEngine.Speak(run, 1);
        const string Text = "[S1] This is the first part. [pause:2s] This is the second part. [pause:500ms]";
        var with = await Seconds(new { text = Text, speed, seed = 1 });
        (await _server.LastLog()).GetProperty("processed_text").GetString()
            .ShouldBe("[S1] This is the first part. This is the second part. [S1]");
        (with - 2 / speed).ShouldBe(2.5, 0.1);
    }

    private async Task<double> Seconds(object body)
    {
        var answer = await _server.Generate(body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return ((await answer.Content.ReadAsByteArrayAsync()).Length - 44) / 2 / 44100.0;
    }

    [Theory]
    [InlineData("two", "S2", "[S2] Hello there, Peter. [S2]")]
    [InlineData("odd", "S3", "[S1] Hello there, Peter. [S1]")]
    [InlineData("small", "s2", "[S1] Hello there, Peter. [S1]")]
    public async Task Text_without_tags_is_the_primary_speaker_s(string voice, string stored, string processed)
    {
        (await _server.Generate(new { text = "Hello there, Peter." }, voice)).EnsureSuccessStatusCode();
        _server.Engine.LastCall.Text.ShouldBe(processed);
        (await (await _server.Client.GetAsync("/voice_mappings")).Json()).GetProperty(voice).GetProperty("primary_speaker").GetString()
            .ShouldBe(stored);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n\u00A0")]
    [InlineData("***")]
    [InlineData("\0\u0001\u001F")]
    [InlineData("[S1] [S2]")]
    [InlineData("[S1]*[S1]")]
    public async Task Text_without_letters_or_digits_is_empty(string text)
    {
        foreach (
            var (path, detail) in new[]
            {
                ("/generate", "Text cannot be empty"),
                ("/api/tts/generate", "Text cannot be empty"),
                ("/generate?async_mode=true", "Text cannot be empty"),
            })
        {
            var answer = await _server.Client.PostJson(path, JsonSerializer.Serialize(new { text, voice_id = "anna" }));
            (answer.StatusCode, await answer.Detail()).ShouldBe((HttpStatusCode.BadRequest, detail));
        }
    }

    [Fact]
    public async Task Nothing_of_the_longest_text_is_dropped_and_every_call_is_complete()
    {
        var text = LongText(4096);
        var calls = await Calls(new { text, seed = 1, max_tokens = 10000 });
        calls.Count.ShouldBeGreaterThan(12);
        string.Concat(calls.Select((call, i) => Own(calls, i))).ShouldBe(text.Replace(" ", ""));
        foreach (var call in calls)
        {
            call.Text.ShouldStartWith("[S");
            call.Text.ShouldEndWith("]");
            (call.Text.Count(c => c == '('), call.Text.Split("(laughs)").Length - 1)
                .ShouldBe((call.Text.Count(c => c == ')'), call.Text.Count(c => c == '(')));
        }
    }

    [Fact]
    public async Task Calls_are_bounded_by_the_bytes_of_their_own_text()
    {
        var calls = await Calls(new { text = LongText(2000), seed = 1, max_tokens = 10000 });
        for (var i = 0; i < calls.Count; i++)
        {
            var bytes = Encoding.UTF8.GetByteCount(OwnWithSpaces(calls, i));
            bytes.ShouldBeLessThanOrEqualTo(350);
            calls[i].MaxFrames.ShouldBeLessThanOrEqualTo((int)Math.Ceiling(50 * (2 + 0.15 * (bytes + 2))));
        }
    }

    [Fact]
    public async Task The_first_call_s_audio_and_text_are_the_prompt_of_the_later_ones()
    {
        var calls = await Calls(new { text = LongText(1500), seed = 1 });
        calls[0].Prompt.ShouldBeNull();
        foreach (var call in calls.Skip(1))
        {
            call.Prompt.ShouldNotBeNull().Rows.ShouldBeInRange(1, 50);
            call.Text[..20].ShouldBe(calls[0].Text[..20]);
        }
    }

    [Fact]
    public async Task The_seed_of_a_call_depends_on_the_request_s_seed_and_the_call_s_index()
    {
        var first = await Calls(new { text = LongText(1500), seed = 1 });
        first.Select(call => call.Seed).Distinct().Count().ShouldBe(first.Count);
        (await Calls(new { text = LongText(1500), seed = 1 })).Select(call => call.Seed).ShouldBe(first.Select(call => call.Seed));
        (await Calls(new { text = LongText(1500), seed = 2 })).Select(call => call.Seed).ShouldNotContain(first[0].Seed);
    }

    [Fact]
    public async Task Audio_of_all_calls_is_joined_in_order()
    {
        var wav = await (await _server.Generate(new { text = LongText(1500), seed = 1 })).Content.ReadAsByteArrayAsync();
        var calls = await Calls(new { text = LongText(1500), seed = 1 });
        ((wav.Length - 44) / 2 / 44100.0).ShouldBeInRange(calls.Count * 0.9, calls.Count * 1.6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_very_short_text_is_tried_again_if_the_model_runs_on_or_makes_no_audio(bool runsOn)
    {
        var attempts = 0;
        _server.Engine.Script = run => ++attempts < 3 ? ScriptedEngine.Speak(
            run,
            runsOn ? 3 : 0,
            endedByItself: !runsOn) : ScriptedEngine.Speak(run, 0.5);
        var calls = await Calls(new { text = "Yes.", seed = 1 });
        calls.Count.ShouldBe(3);
        calls.Select(call => call.Text).Distinct().ShouldHaveSingleItem();
        calls.Select(call => call.Seed).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Words_behind_a_pause_that_the_model_takes_for_an_end_are_spoken_without_the_first_segment()
    {
        _server.Engine.Script = run => ScriptedEngine.Speak(run, run.Call.Prompt is null ? 1 : 0);
        var calls = await Calls(new { text = "This is long enough for one call. [pause:1s] Really.", seed = 1 });
        calls.Select(call => call.Prompt is null).ShouldBe([true, false, false, true]);
        calls[^1].Text.ShouldBe("[S1] Really. [S1]");
    }

    [Fact]
    public async Task A_model_that_never_makes_audio_is_a_500()
    {
        _server.Engine.Script = run => ScriptedEngine.Speak(run, 0);
        var answer = await _server.Generate(new { text = "Yes." });
        ((int)answer.StatusCode).ShouldBe(500);
        (await answer.Detail()).ShouldStartWith("Audio generation failed: ");
    }

    private async Task<IReadOnlyList<SpeechCall>> Calls(object body)
    {
        var before = _server.Engine.Calls.Count;
        var answer = await _server.Generate(body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return [.. _server.Engine.Calls.Skip(before)];
    }

    /// <summary>Sentences, each different from the others, with laughter in every third.</summary>
    private static string LongText(int characters)
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length + 60 < characters; i++)
            text.Append($"Number {i} of the lamps is still on{(i % 3 == 0 ? ", (laughs) and nobody minds" : "")}. ");
        return text.ToString().TrimEnd();
    }

    private static string Own(IReadOnlyList<SpeechCall> calls, int i) => OwnWithSpaces(calls, i).Replace(" ", "");

    /// <summary>A call's own text: what follows the text of the first call, which it repeats.</summary>
    private static string OwnWithSpaces(IReadOnlyList<SpeechCall> calls, int i)
    {
        var text = Tags().Replace(calls[i].Text, "").Trim();
        if (i == 0) return text;
        var first = Tags().Replace(calls[0].Text, "").Trim();
        var common = 0;
        while (common < text.Length && common < first.Length && text[common] == first[common]) common++;
        // The common part can include the start of the next sentence: "Number " and a digit.
        return text[text.IndexOf("Number ", Math.Max(0, common - 10), StringComparison.Ordinal)..];
    }

    [GeneratedRegex(@"\[S[12]\]")]
    private static partial Regex Tags();
}
