using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>
/// What the engine gets for the fields of POST /generate; docs/api.md, Generation. <see cref="GenerateTests"/> uses the shipped model.
/// </summary>
public sealed class GenerationTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>, IAsyncLifetime
{
    private const string Script = "Where is my hat?";

    private readonly ScriptedServer _server = fixture.Server;

    public ValueTask InitializeAsync()
    {
        _server.Engine.Script = ScriptedEngine.Speak;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void The_defaults_of_the_specification_are_those_of_a_model_without_any() =>
        new SamplingSettings().ShouldBe(new SamplingSettings(3f, 1.2f, 0.95f, 45));

    [Fact]
    public async Task Defaults_are_those_of_the_model() =>
        (await Call(new { text = Script })).Sampling.ShouldBe(new SamplingSettings(2.5f, 1.1f, 0.9f, 45));

    [Fact]
    public async Task Null_counts_as_absent()
    {
        float? none = null;
        var call = await Call(new { text = Script, temperature = none, cfg_scale = none, top_p = none, max_tokens = none });
        call.Sampling.ShouldBe(new SamplingSettings(2.5f, 1.1f, 0.9f, 45));
    }

    [Fact]
    public async Task Fields_of_the_request_override_the_defaults() =>
        (await Call(new { text = Script, temperature = 0.5, cfg_scale = 1.0, top_p = 0.25 })).Sampling
            .ShouldBe(new SamplingSettings(1f, 0.5f, 0.25f, 45));

    [Fact]
    public async Task A_top_p_of_zero_is_unset() => (await Call(new { text = Script, top_p = 0 })).Sampling!.TopP.ShouldBe(0.9f);

    [Fact]
    public async Task The_server_s_settings_come_before_the_model_s()
    {
        await using var server = await ScriptedServer.Start(new ServerOptions { Temperature = 0.7, CfgScale = 4, TopP = 0.5 });
        (await server.Generate(new { text = Script })).EnsureSuccessStatusCode();
        server.Engine.LastCall.Sampling.ShouldBe(new SamplingSettings(4f, 0.7f, 0.5f, 45));
        (await server.Generate(new { text = Script, temperature = 1.5, top_p = 0 })).EnsureSuccessStatusCode();
        server.Engine.LastCall.Sampling.ShouldBe(new SamplingSettings(4f, 1.5f, 0.5f, 45));
    }

    [Theory]
    [InlineData(null, 220)]
    [InlineData(100, 100)]
    [InlineData(219, 219)]
    [InlineData(10000, 220)]
    public async Task A_call_makes_the_frames_that_its_text_needs_and_no_more_than_requested(int? requested, int frames) =>
        // 50 frames a second, 2 s and 0.15 s for each of 16 bytes.
        (await Call(new { text = Script, max_tokens = requested })).MaxFrames.ShouldBe(frames);

    [Fact]
    public async Task The_limit_of_tokens_is_for_all_calls_together()
    {
        var before = _server.Engine.Calls.Count;
        await Call(new { text = LongText, max_tokens = 120 });
        _server.Engine.Calls.Skip(before).Select(call => call.MaxFrames).ShouldBe([120, 70, 20]);
    }

    [Theory]
    [InlineData("role", "\"assistant\"")]
    [InlineData("role", "\"anything at all\"")]
    [InlineData("use_torch_compile", "true")]
    [InlineData("use_torch_compile", "false")]
    public async Task Some_fields_have_no_effect(string field, string value)
    {
        var plain = await Call(new { text = Script, seed = 7 });
        var body = $$"""{"text":"{{Script}}","seed":7,"voice_id":"anna","{{field}}":{{value}}}""";
        (await _server.Client.PostJson("/generate", body)).EnsureSuccessStatusCode();
        _server.Engine.LastCall.TextIds.ShouldBe(plain.TextIds);
        _server.Engine.LastCall.ShouldBe(plain with { TextIds = _server.Engine.LastCall.TextIds });
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1L)]
    [InlineData(-2L)]
    [InlineData(1L << 33)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public async Task Another_seed_gives_the_engine_another_seed(long seed)
    {
        var first = (await Call(new { text = Script, seed })).Seed;
        (await Call(new { text = Script, seed })).Seed.ShouldBe(first);
        (await Call(new { text = Script, seed = seed ^ 1 })).Seed.ShouldNotBe(first);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(-1L)]
    public async Task No_seed_is_a_new_one_each_time(long? seed) =>
        (await Call(new { text = Script, seed })).Seed.ShouldNotBe((await Call(new { text = Script, seed })).Seed);

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    [InlineData(4.0)]
    public async Task Speed_changes_the_duration_and_not_the_pitch(double speed)
    {
        const double Seconds = 4;
        _server.Engine.Script = run => ScriptedEngine.Speak(run, Seconds);
        var wav = await Bytes(new { text = Script, speed });
        var samples = Enumerable.Range(0, (wav.Length - 44) / 2).Select(i => BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(44 + 2 * i)))
            .ToArray();
        (samples.Length / 44100.0).ShouldBe(Seconds / speed, 0.05 * Seconds / speed);
        var inner = samples[(samples.Length / 4)..(3 * samples.Length / 4)];
        var rises = inner.Zip(inner.Skip(1)).Count(pair => pair is (< 0, >= 0));
        // The phase of the tone grows by 0.1 per sample at 16 kHz.
        (rises / (inner.Length / 44100.0)).ShouldBe(0.1 * 16000 / (2 * Math.PI), 12);
    }

    [Theory]
    [InlineData("wav", null, 44100)]
    [InlineData("wav", 8000, 8000)]
    [InlineData("wav", 22051, 22051)]
    [InlineData("flac", null, 44100)]
    [InlineData("flac", 12345, 12345)]
    [InlineData("mp3", null, 44100)]
    [InlineData("mp3", 9000, 11025)]
    [InlineData("mp3", 44101, 48000)]
    [InlineData("aac", null, 44100)]
    [InlineData("aac", 16001, 22050)]
    [InlineData("opus", null, 48000)]
    [InlineData("opus", 8000, 48000)]
    public async Task Audio_has_the_requested_rate_or_the_next_higher_one_of_its_format(string format, int? requested, int rate) =>
        RateOf(format, await Bytes(new { text = Script, response_format = format, sample_rate = requested })).ShouldBe(rate);

    [Theory]
    [InlineData(null, 24000)]
    [InlineData(8000, 8000)]
    [InlineData(44100, 44100)]
    public async Task Pcm_is_24000_hz_by_default(int? requested, int rate) =>
        ((await Bytes(new { text = Script, response_format = "pcm", sample_rate = requested })).Length / 2.0).ShouldBe(rate, 0.01 * rate);

    [Theory]
    [InlineData("wav")]
    [InlineData("mp3")]
    [InlineData("opus")]
    [InlineData("aac")]
    [InlineData("flac")]
    [InlineData("pcm")]
    public async Task Every_format_has_its_length_and_the_same_bytes_again(string format)
    {
        var answer = await _server.Generate(new { text = Script, response_format = format, seed = 3 });
        answer.Content.Headers.ContentLength.ShouldBe((await answer.Content.ReadAsByteArrayAsync()).Length);
        answer.Content.Headers.GetValues("Content-Disposition").Single().ShouldBe($"attachment; filename=speech.{format}");
        (await Bytes(new { text = Script, response_format = format, seed = 3 })).ShouldBe(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/generate")]
    [InlineData("/v1/audio/speech")]
    public async Task The_log_s_id_is_sent_while_debug_mode_is_on(string path)
    {
        const string Body = """{"text":"Hi there.","input":"Hi there.","voice_id":"anna","voice":"anna"}""";
        await using var server = await ScriptedServer.Start();
        (await server.Client.PostJson(path, Body)).Headers.Contains("X-Generation-ID").ShouldBeFalse();
        await server.Client.Accepted(HttpMethod.Put, "/config", """{"debug_mode":true}""");
        var id = (await server.Client.PostJson(path, Body)).Headers.GetValues("X-Generation-ID").Single();
        (await (await server.Client.GetAsync($"/logs/{id}")).Json()).GetProperty("text").GetString().ShouldBe("Hi there.");
        await server.Client.Accepted(HttpMethod.Put, "/config", "{}");
        (await server.Client.PostJson(path, Body)).Headers.Contains("X-Generation-ID").ShouldBeFalse();
    }

    [Theory]
    [InlineData("true", "job_id")]
    [InlineData("1", "job_id")]
    [InlineData("YES", "job_id")]
    [InlineData("false", null)]
    [InlineData("0", null)]
    [InlineData("off", null)]
    public async Task Async_mode_is_a_boolean(string value, string? key)
    {
        var answer = await _server.Client.PostJson($"/generate?async_mode={value}", """{"text":"Hi there.","voice_id":"anna"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe(key is null ? "audio/wav" : "application/json");
        if (key is null) return;
        var job = (await answer.Json()).GetProperty(key).GetString();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await (await _server.Client.GetAsync($"/jobs/{job}", limit.Token)).Json()).GetProperty("status").GetString() != "completed")
            await Task.Delay(10, limit.Token);
    }

    [Fact]
    public async Task Async_mode_in_another_case_is_unknown()
    {
        var answer = await _server.Client.PostJson("/generate?Async_mode=true", """{"text":"Hi there.","voice_id":"anna"}""");
        answer.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
    }

    private static string LongText => string.Join(' ', Enumerable.Repeat("The lamp is still on, and the door is open.", 24));

    private async Task<SpeechCall> Call(object body)
    {
        await Bytes(body);
        return _server.Engine.LastCall;
    }

    private async Task<byte[]> Bytes(object body)
    {
        var answer = await _server.Generate(body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadAsByteArrayAsync();
    }

    /// <summary>The rate in the first header of each format.</summary>
    private static int RateOf(string format, byte[] file)
    {
        int[] mpeg1 = [44100, 48000, 32000];
        int[] aac = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000];
        return format switch
        {
            "wav" => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(24)),
            "flac" => BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(18)) >> 12 & 0xFFFFF,
            "opus" => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.AsSpan().IndexOf("OpusHead"u8) + 12)),
            "aac" => aac[file[2] >> 2 & 15],
            // The first frame: 11 bits of sync, version 1, 2 or 2.5.
            _ => mpeg1[file[2] >> 2 & 3] >> ((file[1] >> 3 & 3) switch { 3 => 0, 2 => 1, _ => 2 }),
        };
    }
}
