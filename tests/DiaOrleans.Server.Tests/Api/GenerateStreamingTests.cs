using System.Net;
using System.Text.Json.Nodes;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>POST /generate with <c>stream</c>: every parameter can be streamed; docs/api.md, Generation.</summary>
public sealed class GenerateStreamingTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private const int WavHeader = 44;

    private const string EveryParameter =
        """
        {
          "text":"Where is my hat? You are wearing it, Peter.","voice_id":"anna","response_format":"wav","speed":0.8,"role":"user",
          "temperature":0.7,"cfg_scale":2,"top_p":0.5,"max_tokens":500,"use_torch_compile":true,"seed":7,"sample_rate":22050
        }
        """;

    private readonly ScriptedServer _server = fixture.Server;

    [Fact]
    public async Task Every_parameter_is_streamed_while_the_engine_works()
    {
        var hold = new TaskCompletionSource();
        _server.Engine.Script = async run =>
        {
            run.Append(ScriptedEngine.Tone(2));
            await hold.Task;
            await ScriptedEngine.Speak(run, 3, spoken: 2);
        };
        using var answer = await Ask(stream: true);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (answer.Headers.TransferEncodingChunked, answer.Content.Headers.ContentLength).ShouldBe((true, null));
        answer.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var streamed = new MemoryStream();
        var start = new byte[20_000];
        await body.ReadExactlyAsync(start);
        streamed.Write(start);
        var call = _server.Engine.LastCall;
        hold.SetResult();
        await body.CopyToAsync(streamed);
        using var answerAtOnce = await Ask(stream: false);
        var whole = await answerAtOnce.Content.ReadAsByteArrayAsync();
        streamed.ToArray().AsSpan(WavHeader).SequenceEqual(whole.AsSpan(WavHeader)).ShouldBeTrue();
        var second = _server.Engine.LastCall;
        (second.Text, second.MaxFrames, second.Seed, second.Sampling).ShouldBe((call.Text, call.MaxFrames, call.Seed, call.Sampling));
    }

    [Fact]
    public async Task An_answer_that_is_not_streamed_has_its_length_and_may_be_buffered()
    {
        _server.Engine.Script = ScriptedEngine.Speak;
        using var answer = await Ask(stream: false);
        answer.Content.Headers.ContentLength.ShouldBe((await answer.Content.ReadAsByteArrayAsync()).Length);
        answer.Headers.Contains("X-Accel-Buffering").ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"stream":true}""")]
    [InlineData("""{"stream_format":"sse"}""")]
    public async Task Streams_of_openais_route_are_not_buffered_by_proxies(string how)
    {
        _server.Engine.Script = ScriptedEngine.Speak;
        var fields = JsonNode.Parse(how)!.AsObject();
        fields["input"] = "Hello there.";
        fields["voice"] = "anna";
        using var answer = await _server.Client.PostJson("/audio/speech", fields.ToJsonString());
        answer.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
    }

    [Fact]
    public async Task A_job_is_a_whole_file_whatever_the_field_says()
    {
        _server.Engine.Script = ScriptedEngine.Speak;
        using var whole = await Ask(stream: false);
        var job = await _server.Client.Accepted(HttpMethod.Post, "/generate?async_mode=true", Body(stream: true));
        var path = $"/jobs/{job.GetProperty("job_id").GetString()}/result";
        HttpResponseMessage result;
        do result = await _server.Client.GetAsync(path);
        while ((int)result.StatusCode == 425);
        (await result.Content.ReadAsByteArrayAsync()).ShouldBe(await whole.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("null", "bool_type")]
    [InlineData("\"perhaps\"", "bool_parsing")]
    [InlineData("2", "bool_parsing")]
    public async Task Another_value_is_refused(string value, string type)
    {
        var fields = JsonNode.Parse(EveryParameter)!.AsObject();
        fields["stream"] = JsonNode.Parse(value);
        var failure = await (await _server.Client.PostJson("/generate", fields.ToJsonString())).OnlyFailure();
        (failure.GetProperty("loc")[1].GetString(), failure.GetProperty("type").GetString()).ShouldBe(("stream", type));
    }

    private static string Body(bool stream)
    {
        var fields = JsonNode.Parse(EveryParameter)!.AsObject();
        fields["stream"] = stream;
        return fields.ToJsonString();
    }

    private Task<HttpResponseMessage> Ask(bool stream)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/generate") { Content = new StringContent(Body(stream)) };
        return _server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
