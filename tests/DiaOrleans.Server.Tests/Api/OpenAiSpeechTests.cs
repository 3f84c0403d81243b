using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>POST /v1/audio/speech; docs/api.md, OpenAI's speech route.</summary>
[Collection(nameof(ServerCollection))]
public sealed class OpenAiSpeechTests(ServerFixture fixture)
{
    private const string Route = "/v1/audio/speech";
    private const string Script = "Where is my hat? You are wearing it, Peter. The door is open.";

    private readonly HttpClient _client = fixture.Client;

    [Fact]
    public async Task The_body_and_the_query_have_the_same_fields()
    {
        var fromBody = await Bytes(new { input = Script, voice = "anna", seed = 3, model = "tts-1", instructions = "cheerful" });
        var fromQuery = await _client.PostAsync($"{Route}?input={Uri.EscapeDataString(Script)}&voice=anna&seed=3", null);
        (await fromQuery.Content.ReadAsByteArrayAsync()).ShouldBe(fromBody);
        (await Bytes(new { input = Script, voice = new { id = "anna" }, seed = "3" })).ShouldBe(fromBody);
        var generated = await _client.PostJson("/generate", JsonSerializer.Serialize(new { text = Script, voice_id = "anna", seed = 3 }));
        (await generated.Content.ReadAsByteArrayAsync()).ShouldBe(fromBody);
    }

    [Theory]
    [InlineData("""{"voice":"anna"}""", "Input text is required")]
    [InlineData("""{"input":null,"voice":"anna"}""", "Input text is required")]
    [InlineData("""{"input":"  "}""", "Input text is required")]
    [InlineData("""{"input":"***","voice":"anna"}""", "Text cannot be empty")]
    [InlineData("""{"input":"Hi."}""", "Voice identifier is required (no default voices available)")]
    [InlineData("""{"input":"Hi.","voice":" "}""", "Voice identifier is required (no default voices available)")]
    [InlineData("""{"input":"Hi.","voice":{}}""", "Voice identifier is required (no default voices available)")]
    [InlineData("", "Input text is required")]
    [InlineData("null", "Input text is required")]
    public async Task An_absent_field_is_a_400_and_input_is_checked_first(string body, string detail)
    {
        var answer = await _client.PostJson(Route, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Detail()).ShouldBe(detail);
        var error = (await answer.Json()).GetProperty("error");
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        error.GetProperty("message").GetString().ShouldBe(detail);
    }

    [Theory]
    [InlineData("""{"input":"Hi.","voice":"anna","speed":5}""", "speed", "less_than_equal")]
    [InlineData("""{"input":"Hi.","voice":"anna","response_format":"oga"}""", "response_format", "enum")]
    [InlineData("""{"input":"Hi.","voice":"anna","stream_format":"mp3"}""", "stream_format", "enum")]
    [InlineData("""{"input":"Hi.","voice":"anna","stream":"perhaps"}""", "stream", "bool_parsing")]
    [InlineData("""{"input":"Hi.","voice":7}""", "voice", "string_type")]
    [InlineData("""{"input":7,"voice":"anna"}""", "input", "string_type")]
    public async Task Invalid_fields_are_named(string body, string field, string type)
    {
        var answer = await _client.PostJson(Route, body);
        var failure = await answer.OnlyFailure();
        failure.GetProperty("type").GetString().ShouldBe(type);
        failure.GetProperty("loc").EnumerateArray().Select(part => part.GetString()).ShouldBe(["body", field]);
        (await answer.Json()).GetProperty("error").GetProperty("param").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task An_unknown_format_lists_the_known_ones()
    {
        var failure = await (await _client.PostJson(Route, """{"input":"Hi.","voice":"anna","response_format":"oga"}""")).OnlyFailure();
        failure.GetProperty("msg").GetString().ShouldBe("Input should be 'wav', 'mp3', 'opus', 'aac', 'flac' or 'pcm'");
    }

    [Theory]
    [InlineData("alloy")]
    [InlineData("Nova")]
    public async Task A_name_that_the_clients_of_openai_have_built_in_is_explained(string name)
    {
        var answer = await _client.PostJson(Route, $$"""{"input":"Hi.","voice":"{{name}}"}""");
        (await answer.Detail()).ShouldBe(
            $"Voice '{name}' not found. Available voices: ['anna']. '{name}' is a name that OpenAI's clients have built in: make a voice "
            + $"with this name, or start the server with the setting VoiceAliases, such as {name}=anna");
    }

    [Fact]
    public async Task An_unknown_voice_has_a_code()
    {
        var answer = await _client.PostJson(Route, """{"input":"Hi.","voice":"it's"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Detail()).ShouldBe("Voice 'it's' not found. Available voices: ['anna']");
        (await answer.Json()).GetProperty("error").GetProperty("code").GetString().ShouldBe("voice_not_found");
    }

    [Fact]
    public async Task A_streamed_wav_starts_with_a_header_of_unknown_length_and_sounds_like_the_whole_one()
    {
        var whole = await Bytes(new { input = Script, voice = "anna", seed = 9 });
        var streamed = await Bytes(new { input = Script, voice = "anna", seed = 9, stream = true });
        BinaryPrimitives.ReadUInt32LittleEndian(streamed.AsSpan(4)).ShouldBe(uint.MaxValue);
        BinaryPrimitives.ReadUInt32LittleEndian(streamed.AsSpan(40)).ShouldBe(uint.MaxValue);
        streamed[44..].ShouldBe(whole[44..]);
    }

    [Theory]
    [InlineData("pcm")]
    [InlineData("mp3")]
    [InlineData("opus")]
    [InlineData("flac")]
    [InlineData("aac")]
    public async Task Every_format_streams_in_pieces(string format)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Route);
        request.Content = new StringContent(
            JsonSerializer.Serialize(
                new
                {
                    input = string.Join(' ', Enumerable.Repeat(Script, 4)),
                    voice = "anna",
                    seed = 9,
                    response_format = format,
                    stream_format = "audio",
                }),
            Encoding.UTF8);
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var (reads, bytes, block) = (0, 0, new byte[1 << 20]);
        for (int read; (read = await body.ReadAsync(block)) > 0; bytes += read) reads++;
        reads.ShouldBeGreaterThan(3);
        bytes.ShouldBeGreaterThan(10_000);
    }

    [Fact]
    public async Task Events_carry_the_same_bytes_and_end_with_the_usage()
    {
        var pcm = await Bytes(new { input = Script, voice = "anna", seed = 9, response_format = "pcm", stream = true });
        var answer = await _client.PostJson(
            Route,
            JsonSerializer.Serialize(new { input = Script, voice = "anna", seed = 9, response_format = "pcm", stream_format = "sse" }));
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var events = (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        events.ShouldAllBe(line => line.StartsWith("data: {"));
        var parsed = events.Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement).ToList();
        parsed.SkipLast(1).ShouldAllBe(e => e.GetProperty("type").GetString() == "speech.audio.delta");
        parsed.SkipLast(1).SelectMany(e => e.GetProperty("audio").GetBytesFromBase64()).ShouldBe(pcm);
        parsed.Count.ShouldBeGreaterThan(2);
        var usage = parsed[^1].GetProperty("usage");
        parsed[^1].GetProperty("type").GetString().ShouldBe("speech.audio.done");
        usage.GetProperty("total_tokens").GetInt32()
            .ShouldBe(usage.GetProperty("input_tokens").GetInt32() + usage.GetProperty("output_tokens").GetInt32());
        usage.GetProperty("output_tokens").GetInt32().ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Configured_aliases_name_voices_and_another_format_can_be_the_default()
    {
        await using var server = await RunningServer.Start(
            new ServerOptions { VoiceAliases = "alloy=anna, nova=anna", DefaultFormat = "mp3" });
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        var answer = await server.Client.PostJson(Route, """{"input":"Where is my hat?","voice":"nova"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("audio/mpeg");
        (await server.Client.PostJson(Route, """{"input":"Where is my hat?","voice":"echo"}""")).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
        var generated = await server.Client.PostJson("/generate", """{"text":"Where is my hat?","voice_id":"alloy"}""");
        generated.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
    }

    private async Task<byte[]> Bytes(object body)
    {
        var answer = await _client.PostJson(Route, JsonSerializer.Serialize(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadAsByteArrayAsync();
    }
}
