using System.Security.Cryptography;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.PromptLibrary;

public sealed class PromptIntakeTests : IAsyncLifetime
{
    private PromptBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await PromptBench.Start();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task An_upload_is_stored_at_44100_at_full_level_and_registered()
    {
        (await _bench.Intake.Store("anna", WaveReader.Tone(1, level: 0.1f), default)).ShouldBe(new StoredUpload(1, 44100, 8000));
        var stored = await File.ReadAllBytesAsync(Path.Combine(_bench.Folder, "audio_prompts", "anna.wav"));
        var recording = new WaveReader().Read(stored, new(60));
        recording.SampleRate.ShouldBe(44100);
        recording.Samples.Max(Math.Abs).ShouldBe(0.95f, 0.001f);
        var prompt = (await _bench.Prompt("anna").Get())!;
        prompt.Recording.ShouldBe(new PromptRecording("audio_prompts/anna.wav", 1, 44100, Convert.ToHexStringLower(MD5.HashData(stored))));
    }

    [Fact]
    public async Task Silence_can_be_uploaded() =>
        (await _bench.Intake.Store("quiet", WaveFile.Encode(new float[8000], 8000), default)).Duration.ShouldBe(1);

    [Theory]
    [InlineData(0.49, "Audio file too short (minimum 0.5 seconds)")]
    [InlineData(60.5, "Audio file too long (maximum 60 seconds)")]
    [InlineData(0, "Audio file contains no audio data")]
    public async Task Other_lengths_are_refused_and_nothing_is_stored(double seconds, string message)
    {
        var refused = await Should.ThrowAsync<UnusableRecordingException>(_bench.Intake.Store("a", WaveReader.Tone(seconds), default));
        refused.Message.ShouldBe(message);
        (await _bench.Prompt("a").Get()).ShouldBeNull();
        _bench.Read("a.wav").ShouldBeNull();
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(60)]
    public async Task A_recording_of_exactly_the_limit_is_accepted(double seconds) =>
        (await _bench.Intake.Store("a", WaveReader.Tone(seconds), default)).Duration.ShouldBe(seconds);

    [Fact]
    public async Task A_file_that_cannot_be_read_is_refused_with_the_reason()
    {
        var refused = await Should.ThrowAsync<UnusableRecordingException>(_bench.Intake.Store("a", "not audio"u8.ToArray(), default));
        refused.Message.ShouldBe("Cannot read audio file. Please check the file format: It is no WAV file.");
    }

    [Fact]
    public async Task The_transcript_of_a_replaced_recording_is_removed_also_from_the_voices_that_copied_it()
    {
        await Upload(220);
        await _bench.Put("anna.txt", "Old words.");
        await _bench.Voice("own", "anna", "Typed for the voice.");
        await _bench.Voice("follows", "anna");
        await _bench.Discovery.Discover(false, default);
        (await _bench.TranscriptOf("follows")).ShouldBe("Old words.");
        await Upload(330);
        (await _bench.Prompt("anna").Get())!.Transcript.ShouldBeNull();
        _bench.Read("anna.txt").ShouldBeNull();
        (await _bench.TranscriptOf("follows")).ShouldBeNull();
        (await _bench.TranscriptOf("own")).ShouldBe("Typed for the voice.");
    }

    [Fact]
    public async Task A_transcript_set_by_hand_is_removed_with_its_recording_and_its_file_is_kept_as_a_backup()
    {
        await Upload(220);
        foreach (var voice in (string[])["took it", "typed later"]) await _bench.Voice(voice, "anna");
        await _bench.Transcripts.SetByHand("anna", "By hand.", default);
        await _bench.Voice("typed later", "anna", "Typed for the voice.");
        (await Upload(330)).Warning.ShouldBe("The transcript of the replaced recording was removed");
        (await _bench.Prompt("anna").Get())!.Transcript.ShouldBeNull();
        _bench.Read("anna.txt").ShouldBeNull();
        _bench.Read("anna.txt.backup").ShouldBe("By hand.");
        (await _bench.TranscriptOf("took it")).ShouldBeNull();
        (await _bench.TranscriptOf("typed later")).ShouldBe("Typed for the voice.");
        await _bench.Discovery.Discover(false, default);
        (await _bench.Prompt("anna").Get())!.Transcript.ShouldBeNull();
        (await Upload(440)).Warning.ShouldBeNull();
        _bench.Read("anna.txt.backup").ShouldBe("By hand.");
    }

    [Fact]
    public async Task A_reference_transcript_does_not_describe_the_recording_that_replaces_its_own()
    {
        await Upload(220);
        await _bench.Put("anna.reference.txt", "Exact words.");
        await _bench.Discovery.Discover(false, default);
        (await _bench.Prompt("anna").Get())!.Transcript!.Text.ShouldBe("Exact words.");
        (await Upload(330)).Warning.ShouldBe("The transcript of the replaced recording was removed");
        await _bench.Transcripts.SetByHand("anna", "New words.", default);
        await _bench.Discovery.Discover(false, default);
        (await _bench.Prompt("anna").Get())!.Transcript!.Text.ShouldBe("New words.");
        _bench.Read("anna.reference.txt").ShouldBeNull();
        _bench.Read("anna.reference.txt.backup").ShouldBe("Exact words.");
    }

    [Fact]
    public async Task The_same_sound_keeps_its_transcript()
    {
        await Upload(220);
        await _bench.Transcripts.SetByHand("anna", "By hand.", default);
        (await Upload(220)).Warning.ShouldBeNull();
        (await _bench.Prompt("anna").Get())!.Transcript!.Text.ShouldBe("By hand.");
        _bench.Read("anna.txt").ShouldBe("By hand.");
        _bench.Read("anna.txt.backup").ShouldBeNull();
    }

    [Fact]
    public async Task A_backup_has_the_bytes_of_the_file()
    {
        byte[] windows1252 = [(byte)'C', (byte)'a', (byte)'f', 0xE9, (byte)' ', (byte)'\n'];
        await Upload(220);
        await _bench.Put("anna.txt", windows1252);
        await _bench.Discovery.Discover(false, default);
        (await _bench.Prompt("anna").Get())!.Transcript!.Text.ShouldBe("Café");
        (await Upload(330)).Warning.ShouldNotBeNull();
        (await File.ReadAllBytesAsync(Path.Combine(_bench.Folder, "audio_prompts", "anna.txt.backup"))).ShouldBe(windows1252);
    }

    [Fact]
    public async Task A_silent_recording_is_stored_with_a_warning()
    {
        var stored = await _bench.Intake.Store("quiet", WaveReader.Tone(1, level: 0.001f), default);
        stored.Warning.ShouldBe("The recording is silent (RMS under -60 dBFS)");
        _bench.Read("quiet.wav").ShouldNotBeNull();
        await _bench.Transcripts.SetByHand("quiet", "By hand.", default);
        (await _bench.Intake.Store("quiet", WaveFile.Encode(new float[8000], 8000), default)).Warning
            .ShouldBe("The recording is silent (RMS under -60 dBFS). The transcript of the replaced recording was removed");
    }

    [Fact]
    public async Task Concurrent_uploads_under_one_id_leave_one_recording_and_its_hash()
    {
        await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Upload(100 * i)));
        var stored = await File.ReadAllBytesAsync(Path.Combine(_bench.Folder, "audio_prompts", "anna.wav"));
        (await _bench.Prompt("anna").Get())!.Hash.ShouldBe(Convert.ToHexStringLower(MD5.HashData(stored)));
        (await _bench.Listed()).ShouldHaveSingleItem();
    }

    private Task<StoredUpload> Upload(double hertz) => _bench.Intake.Store("anna", WaveReader.Tone(1, hertz: hertz), default);
}
