using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>POST /generate with the shipped model.</summary>
[Collection(nameof(ServerCollection))]
public sealed class GenerateTests(ServerFixture fixture)
{
    private const string Script = "Where is my hat? You are wearing it.";

    private readonly HttpClient _client = fixture.Client;

    [Fact]
    public async Task Speech_is_a_wav_at_44100_hz()
    {
        var answer = await _client.PostJson("/generate", JsonSerializer.Serialize(new { text = Script, voice_id = "anna", seed = 1 }));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
        answer.Content.Headers.GetValues("Content-Disposition").Single().ShouldBe("attachment; filename=speech.wav");
        var wav = await answer.Content.ReadAsByteArrayAsync();
        answer.Content.Headers.ContentLength.ShouldBe(wav.Length);
        wav.AsSpan(0, 4).SequenceEqual("RIFF"u8).ShouldBeTrue();
        BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(4)).ShouldBe(wav.Length - 8);
        BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(24)).ShouldBe(44100);
        BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(40)).ShouldBe(wav.Length - 44);
        // dia-nano gives every letter about one frame of 64 ms.
        ((wav.Length - 44) / 2 / 44100.0).ShouldBe(0.064 * Script.Length, 1.5);
        Loudest(wav).ShouldBeGreaterThan(3000);
    }

    [Fact]
    public async Task Equal_seeds_give_equal_bytes_and_others_do_not()
    {
        var one = await Speak(42);
        (await Speak(42)).ShouldBe(one);
        (await Speak(43)).ShouldNotBe(one);
        (await Speak(null)).ShouldNotBe(one);
        (await Speak(-1)).ShouldNotBe(await Speak(-1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(1L << 33)]
    public async Task Any_seed_is_accepted(long seed) => (await Speak(seed)).Length.ShouldBeGreaterThan(10000);

    [Fact]
    public async Task Concurrent_requests_give_what_each_would_give_alone()
    {
        var alone = await Task.WhenAll(new long?[] { 1, 2, 3 }.Select(async seed => await Speak(seed)));
        var together = await Task.WhenAll(new long?[] { 1, 2, 3 }.Select(Speak));
        for (var i = 0; i < alone.Length; i++) together[i].ShouldBe(alone[i]);
    }

    [Fact]
    public async Task Health_answers_at_once_while_speech_is_made()
    {
        var speaking = Task.WhenAll(Enumerable.Range(0, 6).Select(i => Speak(i)));
        var worst = TimeSpan.Zero;
        while (!speaking.IsCompleted)
        {
            var started = TimeProvider.System.GetTimestamp();
            (await _client.GetAsync("/health")).EnsureSuccessStatusCode();
            var took = TimeProvider.System.GetElapsedTime(started);
            if (took > worst) worst = took;
        }

        await speaking;
        worst.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Another_sample_rate_is_kept()
    {
        var body = JsonSerializer.Serialize(new { text = Script, voice_id = "anna", seed = 1, sample_rate = 24000 });
        var wav = await (await _client.PostJson("/v1/generate", body)).Content.ReadAsByteArrayAsync();
        BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(24)).ShouldBe(24000);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n")]
    [InlineData("***")]
    [InlineData("[S1] [S2]")]
    [InlineData("\u0000\u0001")]
    public async Task Text_without_letters_or_digits_is_refused_before_the_voice_is_looked_up(string text)
    {
        var answer = await _client.PostJson("/generate", JsonSerializer.Serialize(new { text, voice_id = "nobody" }));
        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.Detail()).ShouldBe("Text cannot be empty");
    }

    [Theory]
    [InlineData("nobody", "'nobody'")]
    [InlineData("", "''")]
    [InlineData(" ", "' '")]
    public async Task An_unknown_voice_lists_the_known_ones(string id, string quoted)
    {
        var answer = await _client.PostJson("/generate", JsonSerializer.Serialize(new { text = "Hi.", voice_id = id }));
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Detail()).ShouldBe($"Voice {quoted} not found. Available voices: ['anna']");
    }

    [Fact]
    public async Task Text_over_one_call_is_spoken_to_its_end()
    {
        // dia-nano gives every letter about one frame of 64 ms, and speaks 170 bytes a call.
        var text = string.Join(' ', Enumerable.Repeat("[S1] The lamp is still on, and the door is open. [S2] Then close it, please.", 4));
        var wav = await Bytes(new { text, voice_id = "anna", seed = 5 });
        ((wav.Length - 44) / 2 / 44100.0).ShouldBeInRange(0.05 * 4 * 64, 0.09 * 4 * 64);
        (await Bytes(new { text, voice_id = "anna", seed = 5 })).ShouldBe(wav);
    }

    [Fact]
    public async Task Max_tokens_bounds_the_whole_request()
    {
        var text = string.Join(' ', Enumerable.Repeat("The lamp is still on, and the door is open.", 8));
        var wav = await Bytes(new { text, voice_id = "anna", seed = 5, max_tokens = 200 });
        // 200 frames of 64 ms and the pauses between segments.
        ((wav.Length - 44) / 2 / 44100.0).ShouldBeInRange(12.0, 12.8 + 0.5);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.8)]
    [InlineData(1.7)]
    [InlineData(4)]
    public async Task Another_speed_changes_the_duration_and_nothing_else(double speed)
    {
        var normal = await Bytes(new { text = Script, voice_id = "anna", seed = 1 });
        var wav = await Bytes(new { text = Script, voice_id = "anna", seed = 1, speed });
        ((wav.Length - 44) / (double)(normal.Length - 44) * speed).ShouldBe(1, 0.01);
    }

    [Theory]
    [InlineData("wav", "audio/wav", "RIFF")]
    [InlineData("MP3", "audio/mpeg", null)]
    [InlineData("opus", "audio/ogg", "OggS")]
    [InlineData("OGG", "audio/ogg", "OggS")]
    [InlineData("aac", "audio/aac", null)]
    [InlineData("flac", "audio/flac", "fLaC")]
    [InlineData("pcm", "audio/pcm", null)]
    public async Task Every_format_has_its_type_name_and_start(string format, string type, string? start)
    {
        var answer = await _client.PostJson(
            "/generate",
            JsonSerializer.Serialize(new { text = Script, voice_id = "anna", seed = 1, response_format = format }));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        answer.Content.Headers.ContentType!.ToString().ShouldBe(type);
        answer.Content.Headers.GetValues("Content-Disposition").Single()
            .ShouldBe($"attachment; filename=speech.{(format == "OGG" ? "opus" : format.ToLowerInvariant())}");
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        answer.Content.Headers.ContentLength.ShouldBe(bytes.Length);
        if (start is not null) System.Text.Encoding.ASCII.GetString(bytes, 0, 4).ShouldBe(start);
        else if (format != "pcm") (bytes[0] == 0xFF && (bytes[1] & 0xE0) == 0xE0).ShouldBeTrue();
        (await Bytes(new { text = Script, voice_id = "anna", seed = 1, response_format = format })).ShouldBe(bytes);
    }

    [Fact]
    public async Task Pcm_is_the_same_sound_at_24000_hz_without_a_header()
    {
        var pcm = await Bytes(new { text = Script, voice_id = "anna", seed = 1, response_format = "pcm" });
        var wav = await Bytes(new { text = Script, voice_id = "anna", seed = 1, sample_rate = 24000 });
        pcm.ShouldBe(wav[44..]);
    }

    [Fact]
    public async Task A_very_short_text_does_not_run_on()
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var wav = await Bytes(new { text = "Yes.", voice_id = "anna", seed });
            ((wav.Length - 44) / 2 / 44100.0).ShouldBeInRange(0.05, 2.6);
        }
    }

    [Fact]
    public async Task The_legacy_route_answers_with_a_wav()
    {
        var answer = await _client.PostJson("/api/tts/generate", JsonSerializer.Serialize(new { text = Script, voice_id = "anna" }));
        answer.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
        (await answer.Content.ReadAsByteArrayAsync()).Length.ShouldBeGreaterThan(10000);
        (await _client.PostJson("/v1/api/tts/generate", "{}")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_call_that_does_not_end_by_itself_stops_at_the_frame_cap()
    {
        // dia-nano makes no speech of digits and does not stop after them: the limit is 2 s and 0.15 s per byte.
        var answer = await _client.PostJson("/generate", JsonSerializer.Serialize(new { text = "1234 5678", voice_id = "anna", seed = 3 }));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var seconds = ((await answer.Content.ReadAsByteArrayAsync()).Length - 44) / 2 / 44100.0;
        seconds.ShouldBeLessThanOrEqualTo(2 + 0.15 * 9 + 0.064);
    }

    [Fact]
    public async Task Waiting_requests_over_the_bound_are_refused_with_retry_after()
    {
        await using var server = await RunningServer.Start(new ServerOptions { Slots = 1, MaxWaitingSeconds = 4 });
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        var text = string.Join(" ", Enumerable.Repeat("The lamp is still on.", 7));
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(
                i => server.Client.PostJson("/v1/generate", JsonSerializer.Serialize(new { text, voice_id = "anna", seed = i }))));
        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        refused.ShouldNotBeEmpty();
        answers.ShouldContain(a => a.StatusCode == HttpStatusCode.OK);
        refused[0].Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeGreaterThanOrEqualTo(1);
        (await refused[0].Detail()).ShouldBe("Server is busy, try again later");
        (await refused[0].Json()).GetProperty("error").GetProperty("type").GetString().ShouldBe("rate_limit_error");
    }

    [Fact]
    public async Task A_model_that_does_not_load_gives_503_and_health_shows_it()
    {
        var folder = Directory.CreateTempSubdirectory("dia-no-model-").FullName;
        await using var server = await RunningServer.Start(new ServerOptions { Model = folder });
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        var answer = await server.Client.PostJson("/generate", """{"text":"Hi.","voice_id":"anna"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Detail()).ShouldBe("Worker pool not available");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        (await (await server.Client.GetAsync("/health")).Json()).GetProperty("model_loaded").GetBoolean().ShouldBeFalse();
        Directory.Delete(folder);
    }

    private async Task<byte[]> Speak(long? seed)
    {
        var answer = await _client.PostJson("/generate", JsonSerializer.Serialize(new { text = Script, voice_id = "anna", seed }));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private async Task<byte[]> Bytes(object body)
    {
        var answer = await _client.PostJson("/generate", JsonSerializer.Serialize(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private async Task<byte[]> Speak(int seed) => await Speak((long?)seed);

    private static int Loudest(byte[] wav)
    {
        var loudest = 0;
        for (var i = 44; i + 1 < wav.Length; i += 2)
            loudest = Math.Max(loudest, Math.Abs((int)BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(i))));
        return loudest;
    }
}
