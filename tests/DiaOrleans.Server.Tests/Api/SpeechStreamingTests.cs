using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>What POST /v1/audio/speech sends while the engine still works; docs/api.md, OpenAI's speech route.</summary>
public sealed class SpeechStreamingTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private const string Script = "Where is my hat? You are wearing it, Peter.";

    private readonly ScriptedServer _server = fixture.Server;

    [Theory]
    [InlineData("""{"stream":true}""")]
    [InlineData("""{"stream":"yes"}""")]
    [InlineData("""{"stream_format":"audio"}""")]
    [InlineData("""{"stream":false,"stream_format":"audio"}""")]
    public async Task A_streamed_wav_sends_its_44_byte_header_and_sound_while_the_engine_works(string how)
    {
        var hold = new TaskCompletionSource();
        _server.Engine.Script = async run =>
        {
            run.Append(ScriptedEngine.Tone(0.6));
            await hold.Task;
            await ScriptedEngine.Speak(run, 1, spoken: 0.6);
        };
        using var answer = await Ask(how);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
        answer.Headers.TransferEncodingChunked.ShouldBe(true);
        answer.Content.Headers.ContentLength.ShouldBeNull();
        await using var body = await answer.Content.ReadAsStreamAsync();
        var start = new byte[44 + 8000];
        await body.ReadExactlyAsync(start);
        Encoding.ASCII.GetString(start, 0, 4).ShouldBe("RIFF");
        BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(4)).ShouldBe(0xFFFFFFFF);
        Encoding.ASCII.GetString(start, 8, 8).ShouldBe("WAVEfmt ");
        (
            BinaryPrimitives.ReadInt16LittleEndian(start.AsSpan(20)),
            BinaryPrimitives.ReadInt16LittleEndian(start.AsSpan(22)),
            BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(24)),
            BinaryPrimitives.ReadInt16LittleEndian(start.AsSpan(34)))
            .ShouldBe(((short)1, (short)1, 44100, (short)16));
        Encoding.ASCII.GetString(start, 36, 4).ShouldBe("data");
        BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(40)).ShouldBe(0xFFFFFFFF);
        hold.SetResult();
        var rest = new MemoryStream();
        await body.CopyToAsync(rest);
        ((start.Length + rest.Length - 44) / 2.0).ShouldBe(44100, 200);
    }

    [Theory]
    [InlineData("""{"stream":false}""")]
    [InlineData("{}")]
    [InlineData("""{"stream_format":null}""")]
    public async Task Audio_that_is_not_streamed_has_exact_sizes(string how)
    {
        _server.Engine.Script = ScriptedEngine.Speak;
        using var answer = await Ask(how);
        var wav = await answer.Content.ReadAsByteArrayAsync();
        (BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(4)), BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(40)))
            .ShouldBe((wav.Length - 8, wav.Length - 44));
    }

    [Theory]
    [InlineData("wav")]
    [InlineData("mp3")]
    [InlineData("opus")]
    [InlineData("aac")]
    [InlineData("flac")]
    [InlineData("pcm")]
    public async Task Every_format_sends_its_first_bytes_before_the_engine_has_ended(string format)
    {
        var hold = new TaskCompletionSource();
        _server.Engine.Script = async run =>
        {
            run.Append(ScriptedEngine.Tone(4));
            await hold.Task;
            await ScriptedEngine.Speak(run, 5, spoken: 4);
        };
        using var answer = await Ask($$"""{"stream":true,"response_format":"{{format}}"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var body = await answer.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[1000]).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        hold.SetResult();
        var rest = new MemoryStream();
        await body.CopyToAsync(rest);
        rest.Length.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("""{"stream":true}""")]
    [InlineData("""{"stream":true,"response_format":"mp3"}""")]
    [InlineData("""{"stream":true,"response_format":"pcm"}""")]
    public async Task A_failure_after_the_first_byte_breaks_the_connection(string how)
    {
        var fail = FailLater();
        using var answer = await Ask(how);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        fail.SetResult();
        await Should.ThrowAsync<Exception>(() => answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_failure_after_the_first_event_is_an_event()
    {
        var fail = FailLater();
        using var answer = await Ask("""{"stream_format":"sse","response_format":"pcm"}""");
        fail.SetResult();
        var events = await Events(answer);
        events[0].GetProperty("type").GetString().ShouldBe("speech.audio.delta");
        events[^1].GetProperty("type").GetString().ShouldBe("error");
        var error = events[^1].GetProperty("error");
        (error.GetProperty("type").GetString(), error.GetProperty("param").ValueKind, error.GetProperty("code").ValueKind)
            .ShouldBe(("server_error", JsonValueKind.Null, JsonValueKind.Null));
        error.GetProperty("message").GetString()!.ShouldStartWith("Audio generation failed: ");
    }

    [Theory]
    [InlineData("""{"stream":true}""")]
    [InlineData("""{"stream_format":"sse"}""")]
    public async Task A_failure_before_the_first_byte_is_a_500(string how)
    {
        _server.Engine.Script = _ => throw new InvalidOperationException("A secret.");
        using var answer = await Ask(how);
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Detail()).ShouldStartWith("Audio generation failed: ");
    }

    [Fact]
    public async Task Events_end_with_the_usage()
    {
        _server.Engine.Script = ScriptedEngine.Speak;
        using var answer = await Ask("""{"stream_format":"sse","response_format":"pcm"}""");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldEndWith("\n\n");
        var events = await Events(answer);
        events.SkipLast(1).ShouldAllBe(e => e.EnumerateObject().Select(p => p.Name).SequenceEqual(new[] { "type", "audio" }));
        (events.SkipLast(1).Sum(e => e.GetProperty("audio").GetBytesFromBase64().Length) / 2.0).ShouldBe(24000, 50);
        // 50 frames; the text's bytes, and three tags and their spaces.
        events[^1].GetRawText().ShouldBe(
            $$$"""{"type":"speech.audio.done","usage":{"input_tokens":{{{Script.Length + 4}}},"output_tokens":50"""
            + $$$""","total_tokens":{{{Script.Length + 54}}}}}""");
    }

    [Fact]
    public async Task A_client_that_hangs_up_stops_the_engine()
    {
        var stopped = new TaskCompletionSource();
        _server.Engine.Script = async run =>
        {
            run.Stop.Register(stopped.SetResult);
            run.Append(ScriptedEngine.Tone(1));
            await stopped.Task;
        };
        using (var answer = await Ask("""{"stream":true}"""))
        {
            await using var body = await answer.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[44]);
        }

        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("model", "\"gpt-4o-mini-tts\"")]
    [InlineData("model", "\"\"")]
    [InlineData("instructions", "\"Speak like a pirate.\"")]
    [InlineData("voice", """{"id":"anna","more":1}""")]
    [InlineData("response_format", "\"WAV\"")]
    [InlineData("speed", "\"1.0\"")]
    [InlineData("seed", "null")]
    [InlineData("sample_rate", "null")]
    [InlineData("extra", "{}")]
    public async Task A_field_is_used_or_ignored(string field, string value)
    {
        _server.Engine.Script = ScriptedEngine.Speak;
        using var answer = await Ask($$"""{"{{field}}":{{value}}}""");
        (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()).ShouldBe((HttpStatusCode.OK, "audio/wav"));
    }

    [Theory]
    [InlineData("model", "7", "string_type")]
    [InlineData("instructions", "[]", "string_type")]
    [InlineData("input", "{}", "string_type")]
    [InlineData("voice", "[]", "string_type")]
    [InlineData("voice", """{"id":7}""", "string_type")]
    [InlineData("speed", "0.2", "greater_than_equal")]
    [InlineData("speed", "4.1", "less_than_equal")]
    [InlineData("seed", "1.5", "int_from_float")]
    [InlineData("sample_rate", "48001", "less_than_equal")]
    [InlineData("stream", "null", "bool_type")]
    [InlineData("stream_format", "\"SSE\"", "enum")]
    public async Task A_field_of_the_wrong_kind_is_refused(string field, string value, string type)
    {
        using var answer = await Ask($$"""{"{{field}}":{{value}}}""");
        var failure = await answer.OnlyFailure();
        (failure.GetProperty("loc")[1].GetString(), failure.GetProperty("type").GetString()).ShouldBe((field, type));
    }

    [Theory]
    [InlineData("voice=anna", 400, "Input text is required")]
    [InlineData("Input=Hi.&voice=anna", 400, "Input text is required")]
    [InlineData("input=+&voice=anna", 400, "Input text is required")]
    [InlineData("input=Hi.", 400, "Voice identifier is required (no default voices available)")]
    [InlineData("input=Hi.&voice=x", 404, "Voice 'x' not found. Available voices: ['anna']")]
    public async Task The_query_is_checked_as_the_body_is(string query, int status, string detail)
    {
        var answer = await _server.Client.PostAsync($"/v1/audio/speech?{query}", null);
        ((int)answer.StatusCode, await answer.Detail()).ShouldBe((status, detail));
    }

    [Theory]
    [InlineData("speed=9", "speed")]
    [InlineData("response_format=oga", "response_format")]
    [InlineData("seed=x", "seed")]
    [InlineData("sample_rate=1", "sample_rate")]
    [InlineData("stream=x", "stream")]
    [InlineData("stream_format=x", "stream_format")]
    public async Task A_failure_in_the_query_has_the_location_query(string query, string field)
    {
        var answer = await _server.Client.PostAsync($"/v1/audio/speech?input=Hi.&voice=anna&{query}", null);
        (await answer.OnlyFailure()).GetProperty("loc").EnumerateArray().Select(part => part.GetString()).ShouldBe(["query", field]);
    }

    [Fact]
    public async Task Every_field_may_be_in_the_query()
    {
        _server.Engine.Script = ScriptedEngine.Speak;
        var answer = await _server.Client.PostAsync(
            "/v1/audio/speech?input=Hello%20there%2C%20Peter.&voice=anna&model=x&response_format=PCM&speed=2&seed=5&sample_rate=8000"
            + "&instructions=x&stream=true",
            null);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("audio/pcm");
        ((await answer.Content.ReadAsByteArrayAsync()).Length / 2.0).ShouldBe(4000, 200);
        _server.Engine.LastCall.Text.ShouldBe("[S1] Hello there, Peter. [S1]");
    }

    [Fact]
    public async Task A_query_is_ignored_if_there_is_a_body() =>
        (await (await _server.Client.PostJson("/v1/audio/speech?input=Hi.&voice=anna&speed=9", "{}")).Detail())
            .ShouldBe("Input text is required");

    /// <summary>The engine makes two seconds and fails when the result is set.</summary>
    private TaskCompletionSource FailLater()
    {
        var fail = new TaskCompletionSource();
        _server.Engine.Script = async run =>
        {
            run.Append(ScriptedEngine.Tone(2));
            await fail.Task;
            run.Fail(new InvalidOperationException("A secret."));
        };
        return fail;
    }

    private Task<HttpResponseMessage> Ask(string how)
    {
        var fields = JsonDocument.Parse(how).RootElement.EnumerateObject().ToDictionary(p => p.Name, p => (object)p.Value);
        fields.TryAdd("input", Script);
        fields.TryAdd("voice", "anna");
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/speech")
        {
            Content = new StringContent(JsonSerializer.Serialize(fields)),
        };
        return _server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<List<JsonElement>> Events(HttpResponseMessage answer) =>
        [
            .. (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement)
        ];
}
