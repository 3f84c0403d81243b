using System.Text;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>The checks of an upload, one by one; docs/api.md, Audio prompts.</summary>
public sealed class UploadTests(PromptFixture fixture) : IClassFixture<PromptFixture>, IAsyncLifetime
{
    private const int MaxFile = 25 << 20;
    private const string InvalidId =
        "Invalid prompt_id: use 1 to 128 letters and digits of any script, marks, spaces and _ - . ' ( ), 200 bytes of UTF-8 at most, "
        + "that do not begin with a dot or a space, do not contain '..' and do not end in a space, a dot or '.reference'";

    private readonly PromptServer _server = fixture.Server;

    public async ValueTask InitializeAsync() => await _server.Clear();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("")]
    [InlineData("/v1")]
    public async Task An_upload_is_registered_and_listed(string prefix)
    {
        var answer = await _server.Upload("anna", PromptServer.Tone(1.5), prefix: prefix);
        (await answer.Content.ReadAsStringAsync()).ShouldBe(
            """{"message":"Audio prompt 'anna' uploaded successfully","duration":1.5,"sample_rate":44100"""
            + ""","original_sample_rate":16000,"channels":"mono"}""");
        (await _server.Client.GetStringAsync($"{prefix}/audio_prompts"))
            .ShouldBe("""{"anna":{"file_path":"audio_prompts/anna.wav","duration":1.5,"sample_rate":44100,"exists":true}}""");
        new FileInfo(_server.File("anna.wav")).Length.ShouldBe(44 + 2 * 66150);
    }

    [Theory]
    [InlineData(null, true, "prompt_id")]
    [InlineData("", true, "prompt_id")]
    [InlineData("a", false, "audio_file")]
    [InlineData("../bad", false, "audio_file")]
    public async Task An_absent_part_is_missing(string? id, bool file, string field)
    {
        var failure = await (await Post(PromptServer.Form(id, file ? PromptServer.Tone(1) : null))).OnlyFailure();
        failure.GetRawText().ShouldBe($$"""{"type":"missing","loc":["body","{{field}}"],"msg":"Field required","input":null}""");
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("multipart/form-data", "--x--")]
    [InlineData("multipart/form-data; boundary=x", "no form")]
    [InlineData("multipart/form-data; boundary=x", "")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"prompt_id\"\r\n\r\nbroken off")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nno header at all\r\n\r\n--x--")]
    [InlineData("nonsense", "--x--")]
    public Task A_body_that_is_no_form_lacks_both_parts(string type, string body) => LacksBothParts(type, body);

    [Fact]
    public Task A_form_with_a_very_long_boundary_is_no_form() =>
        LacksBothParts($"multipart/form-data; boundary={new string('x', 5000)}", "--x--");

    private async Task LacksBothParts(string type, string body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        var answer = await Post(content);
        ((int)answer.StatusCode).ShouldBe(422, await answer.Content.ReadAsStringAsync());
        (await answer.Json()).GetProperty("detail").EnumerateArray().Select(f => f.GetProperty("loc")[1].GetString())
            .ShouldBe(["prompt_id", "audio_file"]);
    }

    [Fact]
    public async Task Parts_of_the_wrong_kind_fail_at_their_fields()
    {
        var text = new MultipartFormDataContent
        {
            { new StringContent("a"), "prompt_id" },
            { new StringContent("not a file"), "audio_file" },
        };
        (await (await Post(text)).OnlyFailure()).GetRawText().ShouldBe(
            """{"type":"value_error","loc":["body","audio_file"],"msg":"Value error, Expected UploadFile, received: <class 'str'>","""
            + "\"input\":null,\"ctx\":{\"error\":{}}}");
        var file = PromptServer.Form(null, PromptServer.Tone(1));
        file.Add(new ByteArrayContent([1]), "prompt_id", "a.txt");
        var failure = await (await Post(file)).OnlyFailure();
        (failure.GetProperty("loc")[1].GetString(), failure.GetProperty("type").GetString()).ShouldBe(("prompt_id", "string_type"));
    }

    [Theory]
    [InlineData(" ", "x.txt", "prompt_id cannot be empty")]
    [InlineData("../up", "x.txt", InvalidId)]
    [InlineData("a..b", "x.wav", InvalidId)]
    [InlineData("a.reference", "x.wav", InvalidId)]
    [InlineData("a ", "x.wav", InvalidId)]
    [InlineData("a/b", "x.wav", InvalidId)]
    [InlineData("😀", "x.wav", InvalidId)]
    [InlineData("ok", "", "No audio file provided")]
    [InlineData("ok", "x.txt", "Unsupported file format. Supported: .wav, .mp3, .m4a, .flac, .ogg, .aac, .opus, .webm")]
    [InlineData("ok", "wav", "Unsupported file format. Supported: .wav, .mp3, .m4a, .flac, .ogg, .aac, .opus, .webm")]
    public async Task Names_are_checked_in_their_order_wherever_the_file_is_in_the_form(string id, string fileName, string detail)
    {
        foreach (var fileFirst in (bool[])[false, true])
        {
            var answer = await Post(PromptServer.Form(id, [], fileName, fileFirst));
            ((int)answer.StatusCode, await answer.Detail()).ShouldBe((400, detail));
        }

        Directory.Exists(_server.File("")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_over_the_limit_is_too_large(bool fileFirst)
    {
        var answer = await Post(PromptServer.Form("big", new byte[MaxFile + 1], fileFirst: fileFirst));
        ((int)answer.StatusCode, await answer.Detail()).ShouldBe((413, "Audio file too large (maximum 25 MB)"));
        (await Post(PromptServer.Form("big", new byte[MaxFile], fileFirst: fileFirst))).StatusCode
            .ShouldBe(System.Net.HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task An_invalid_id_is_reported_before_a_file_that_is_too_large()
    {
        var answer = await Post(PromptServer.Form("../x", new byte[MaxFile + 1], fileFirst: true));
        (await answer.Detail()).ShouldBe(InvalidId);
    }

    [Fact]
    public async Task Files_without_usable_audio_have_different_errors()
    {
        (await Refused([])).ShouldBe("Audio file is empty");
        (await Refused(Encoding.UTF8.GetBytes("This is a diary, and no sound.")))
            .ShouldStartWith("Cannot read audio file. Please check the file format: ");
        (await Refused(WaveFile.Encode([], 16000))).ShouldBe("Audio file contains no audio data");
        (await Refused(PromptServer.Tone(0.4))).ShouldBe("Audio file too short (minimum 0.5 seconds)");
        (await Refused(PromptServer.Tone(61, rate: 8000))).ShouldBe("Audio file too long (maximum 60 seconds)");
        (await _server.Client.GetStringAsync("/audio_prompts")).ShouldBe("{}");
    }

    [Theory]
    [InlineData("x.WAV")]
    [InlineData("C:\\\\sounds\\\\x.wav")]
    [InlineData("x.mp3")]
    public async Task Only_the_extension_of_the_file_name_matters(string fileName) =>
        (await _server.Upload("a", fileName: fileName)).EnsureSuccessStatusCode();

    [Fact]
    public async Task Unknown_parts_are_ignored()
    {
        var form = PromptServer.Form("a", PromptServer.Tone(1));
        form.Add(new StringContent("hello"), "comment");
        (await Post(form)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task A_60_second_file_and_silence_are_accepted()
    {
        (await (await _server.Upload("long", PromptServer.Tone(60, rate: 8000))).Json()).GetProperty("duration").GetDouble().ShouldBe(60);
        (await _server.Upload("quiet", WaveFile.Encode(new float[16000], 16000))).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task The_file_may_come_before_the_id() =>
        (await Post(PromptServer.Form("a", PromptServer.Tone(1), fileFirst: true))).EnsureSuccessStatusCode();

    private async Task<string> Refused(byte[] file)
    {
        var answer = await _server.Upload("a", file);
        ((int)answer.StatusCode).ShouldBe(400, await answer.Content.ReadAsStringAsync());
        return await answer.Detail();
    }

    private Task<HttpResponseMessage> Post(HttpContent content) => _server.Client.PostAsync("/audio_prompts/upload", content);

    [Theory]
    [InlineData("a")]
    [InlineData("_-9Z")]
    [InlineData("a b.c-d_e")]
    [InlineData("-")]
    [InlineData("a.reference.b")]
    [InlineData("ä")]
    [InlineData("Дикторша (2)")]
    [InlineData("声優's")]
    public async Task An_id_may_look_like_this(string id)
    {
        (await _server.Upload(id)).EnsureSuccessStatusCode();
        File.Exists(_server.File($"{id}.wav")).ShouldBeTrue();
    }

    [Theory]
    [InlineData(128, 200)]
    [InlineData(129, 400)]
    public async Task An_id_has_at_most_128_characters(int length, int status) =>
        ((int)(await _server.Upload(new string('a', length))).StatusCode).ShouldBe(status);

    [Theory]
    [InlineData(" a")]
    [InlineData(".a")]
    [InlineData("..")]
    [InlineData("a.")]
    [InlineData("a\\b")]
    [InlineData("a\tb")]
    [InlineData("a\0b")]
    [InlineData("a*")]
    [InlineData("a:b")]
    public async Task An_id_may_not_look_like_this(string id)
    {
        var answer = await _server.Upload(id);
        ((int)answer.StatusCode, await answer.Detail()).ShouldBe((400, InvalidId));
        Directory.Exists(_server.File("")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("blob")]
    [InlineData("x.webm")]
    [InlineData("x.y.oga")]
    [InlineData("x.OPUS")]
    [InlineData("x.mp4")]
    [InlineData("x.txt")]
    [InlineData("x.")]
    [InlineData("")]
    public async Task A_recording_may_have_any_file_name(string fileName) =>
        (await _server.Upload("a", fileName: fileName)).EnsureSuccessStatusCode();

    [Theory]
    [InlineData("audio/webm;codecs=opus", 200)]
    [InlineData("application/octet-stream", 200)]
    [InlineData("text/plain", 422)]
    public async Task A_part_without_a_file_name_is_a_file_if_its_type_is_that_of_a_recording(string type, int status)
    {
        var part = new ByteArrayContent(PromptServer.Tone(1));
        part.Headers.TryAddWithoutValidation("Content-Type", type);
        var form = new MultipartFormDataContent { { new StringContent("a"), "prompt_id" }, { part, "audio_file" } };
        ((int)(await Post(form)).StatusCode).ShouldBe(status);
    }

    [Theory]
    [InlineData("webm", "-c:a libopus", "blob")]
    [InlineData("mp4", "-c:a aac -movflags frag_keyframe+empty_moov", "voice.wav")]
    [InlineData("mp4", "-c:a aac", "")]
    [InlineData("adts", "-c:a aac", "x.flac")]
    [InlineData("ogg", "-c:a libopus", "recording")]
    [InlineData("flac", "", "x.txt")]
    [InlineData("mp3", "", "x.m4a")]
    public async Task The_content_decides_the_format(string format, string options, string fileName)
    {
        Assert.SkipUnless(AudioTools.FindAll().Single(tool => tool.Name == "ffmpeg").Missing is null, "ffmpeg is not installed");
        var answer = await _server.Upload("a", await PromptServer.Encode(format, options), fileName);
        (await answer.Json()).GetProperty("duration").GetDouble().ShouldBe(1.5, 0.1);
        if (format != "mp4") return;
        // The copy that ffmpeg seeks in was in the data folder.
        Directory.GetFiles(_server.File("../decoding"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x.txt", "Unsupported file format.")]
    [InlineData("blob", "Unsupported file format.")]
    [InlineData("", "No audio file provided")]
    [InlineData("x.oga", "Cannot read audio file.")]
    [InlineData("x.WMA", "Cannot read audio file.")]
    public async Task Content_that_no_reader_supports_is_refused_by_its_name(string fileName, string detail)
    {
        var answer = await _server.Upload("a", Encoding.UTF8.GetBytes("This is a diary, and no sound."), fileName);
        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.Detail()).ShouldStartWith(detail);
    }

    [Fact]
    public async Task A_file_that_is_far_too_large_is_refused_with_an_answer()
    {
        var answer = await Post(PromptServer.Form("big", new byte[90 << 20]));
        ((int)answer.StatusCode, await answer.Detail()).ShouldBe((413, "Audio file too large (maximum 25 MB)"));
    }

    [Fact]
    public async Task An_id_is_compared_in_normalisation_form_c()
    {
        (await (await _server.Upload("Zoe\u0308's (calm)")).Json()).GetProperty("message").GetString()
            .ShouldBe("Audio prompt 'Zo\u00eb's (calm)' uploaded successfully");
        File.Exists(_server.File("Zo\u00eb's (calm).wav")).ShouldBeTrue();
        foreach (var path in (string[])["Zo%C3%AB's%20(calm)", "Zoe%CC%88's%20%28calm%29"])
        {
            (await _server.Client.GetAsync($"/audio_prompts/metadata/{path}")).EnsureSuccessStatusCode();
        }

        await _server.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"v","audio_prompt":"Zoe\u0308's (calm)"}""");
        var inUse = await (await _server.Client.DeleteAsync("/audio_prompts/Zo%C3%AB's%20(calm)")).Json();
        inUse.GetProperty("warning").GetString()!.ShouldEndWith("is used by voices: ['v']");
    }

    [Fact]
    public async Task A_warning_says_that_a_recording_is_silent_or_a_transcript_was_removed()
    {
        (await Warning("a", PromptServer.Tone(1))).ShouldBeNull();
        await _server.Client.Accepted(HttpMethod.Put, "/audio_prompts/a/transcript", """{"transcript":"Words."}""");
        (await Warning("a", PromptServer.Tone(1))).ShouldBeNull();
        (await Warning("a", PromptServer.Tone(1.2))).ShouldBe("The transcript of the replaced recording was removed");
        (await File.ReadAllTextAsync(_server.File("a.txt.backup"))).ShouldBe("Words.");
        (await Warning("a", WaveFile.Encode(new float[16000], 16000))).ShouldBe("The recording is silent (RMS under -60 dBFS)");
    }

    private async Task<string?> Warning(string id, byte[] file)
    {
        var answer = await (await _server.Upload(id, file)).Json();
        answer.GetProperty("channels").GetString().ShouldBe("mono");
        return answer.TryGetProperty("warning", out var warning) ? warning.GetString() : null;
    }

    [Theory]
    [InlineData("Prompt_id", "audio_file", "prompt_id")]
    [InlineData("prompt_id", "Audio_File", "audio_file")]
    public async Task A_part_s_name_in_another_case_is_unknown(string idName, string fileName, string missing)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent("a"), idName },
            { new ByteArrayContent(PromptServer.Tone(1)), fileName, "x.wav" },
        };
        (await (await Post(form)).OnlyFailure()).GetProperty("loc")[1].GetString().ShouldBe(missing);
    }

    [Fact]
    public async Task A_recording_is_stored_as_mono_at_44100_hz_with_a_peak_of_95_percent()
    {
        var answer = await (await _server.Upload("a", Stereo(22050, 1.5))).Json();
        (
            answer.GetProperty("duration").GetDouble(),
            answer.GetProperty("sample_rate").GetInt32(),
            answer.GetProperty("original_sample_rate").GetInt32(),
            answer.GetProperty("channels").GetString())
            .ShouldBe((1.5, 44100, 22050, "mono"));
        var stored = await File.ReadAllBytesAsync(_server.File("a.wav"));
        (BitConverter.ToInt16(stored, 22), BitConverter.ToInt32(stored, 24), BitConverter.ToInt16(stored, 34))
            .ShouldBe(((short)1, 44100, (short)16));
        var samples = Enumerable.Range(0, (stored.Length - 44) / 2).Select(i => BitConverter.ToInt16(stored, 44 + 2 * i)).ToArray();
        samples.Max(sample => Math.Abs((double)sample)).ShouldBe(0.95 * 32767, 40);
        // The left channel has 200 Hz, the right one the same at half the level and inverted; this is their average.
        (samples.Zip(samples.Skip(1)).Count(pair => pair is (< 0, >= 0)) / 1.5).ShouldBe(200, 3);
    }

    [Fact]
    public async Task An_upload_under_an_existing_id_replaces_it()
    {
        (await _server.Upload("a", PromptServer.Tone(1))).EnsureSuccessStatusCode();
        (await _server.Upload("a", PromptServer.Tone(2))).EnsureSuccessStatusCode();
        (await (await _server.Client.GetAsync("/audio_prompts")).Json()).GetProperty("a").GetProperty("duration").GetDouble().ShouldBe(2);
    }

    [Fact]
    public async Task A_recording_that_cannot_be_stored_is_a_500()
    {
        await File.WriteAllTextAsync(_server.File("").TrimEnd('/'), "A file where the folder should be.");
        var answer = await _server.Upload("a");
        ((int)answer.StatusCode).ShouldBe(500);
        (await answer.Detail()).ShouldStartWith("Error processing audio file: ");
    }

    private static byte[] Stereo(int rate, double seconds)
    {
        var frames = (int)(rate * seconds);
        using var wav = new MemoryStream();
        using var writer = new BinaryWriter(wav);
        writer.Write("RIFF"u8);
        writer.Write(36 + 4 * frames);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)2);
        writer.Write(rate);
        writer.Write(4 * rate);
        writer.Write((short)4);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(4 * frames);
        for (var i = 0; i < frames; i++)
        {
            var tone = Math.Sin(2 * Math.PI * 200 * i / rate);
            writer.Write((short)(12000 * tone));
            writer.Write((short)(-6000 * tone));
        }

        return wav.ToArray();
    }
}
