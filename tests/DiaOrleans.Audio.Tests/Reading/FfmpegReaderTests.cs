using System.Diagnostics;
using System.Text;
using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

[Collection(nameof(RunsAlone))]
public sealed class FfmpegReaderTests : IDisposable
{
    private static readonly ReadLimits Minute = new(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("reader-tests-").FullName;
    private readonly FfmpegReader _reader;

    public FfmpegReaderTests()
    {
        _reader = new FfmpegReader(new FfmpegOptions { TemporaryFolder = _folder });
        Assert.SkipUnless(_reader.Missing is null, "ffmpeg is not installed");
    }

    public void Dispose()
    {
        var left = Directory.GetFileSystemEntries(_folder);
        Directory.Delete(_folder, recursive: true);
        left.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("m4a", "")]
    [InlineData("m4a", "-movflags +faststart")]
    [InlineData("m4a", "-c:a alac")]
    [InlineData("mp4", "-movflags +frag_keyframe+empty_moov")]
    [InlineData("aac", "")]
    [InlineData("wma", "")]
    [InlineData("webm", "-c:a libopus")]
    [InlineData("mka", "-c:a flac")]
    [InlineData("mp3", "")]
    [InlineData("ogg", "-c:a libvorbis")]
    [InlineData("flac", "")]
    public void Each_container_holds_the_tone(string extension, string options) =>
        Tone.Check(_reader.Read(MadeByFfmpeg.Tone(extension, options), Minute), 0.02);

    [Fact]
    public void Samples_and_their_mean_are_exact()
    {
        short[] samples = [32767, -22768, 3, 4, -5, -5, 100, 0, 7];
        _reader.Read(WaveBytes.Pcm16(11025, 3, samples), Minute).ShouldSatisfyAllConditions(
            r => r.Samples.ShouldBe(samples.Chunk(3).Select(f => (float)((f[0] + f[1] + f[2]) / 32768.0 / 3))),
            r => r.SampleRate.ShouldBe(11025),
            r => r.Channels.ShouldBe(3));
    }

    [Theory]
    [InlineData("flac")]
    [InlineData("m4a")]
    public void A_small_file_of_long_audio_ends_at_the_limit(string extension)
    {
        var file = MadeByFfmpeg.Silence(extension);
        Should.Throw<RecordingException>(() => _reader.Read(file, new ReadLimits(1))).Problem.ShouldBe(RecordingProblem.TooLong);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain text that is longer than any signature of a file format")]
    [InlineData("....ftypM4A ")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile /etc/hostname\n")]
    public void What_is_not_media_is_unreadable(string text) =>
        Should.Throw<RecordingException>(() => _reader.Read(Encoding.Latin1.GetBytes(text), Minute))
            .Problem.ShouldBe(RecordingProblem.Unreadable);

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile {0}\n")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{0}\n#EXT-X-ENDLIST\n")]
    public void A_list_that_names_another_file_does_not_open_it(string list)
    {
        var secret = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.wav");
        File.WriteAllBytes(secret, WaveBytes.Pcm16(8000, 1, [.. Enumerable.Range(0, 8000).Select(i => (short)i)]));
        try
        {
            var bytes = Encoding.UTF8.GetBytes(list.Replace("{0}", secret, StringComparison.Ordinal));
            Should.Throw<RecordingException>(() => _reader.Read(bytes, Minute)).Problem.ShouldBe(RecordingProblem.Unreadable);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Fact]
    public void A_video_without_sound_is_reported()
    {
        var file = MadeByFfmpeg.Video();
        Should.Throw<RecordingException>(() => _reader.Read(file, Minute)).Message.ShouldBe("It holds no sound.");
    }

    [Fact]
    public void A_file_without_samples_is_empty() =>
        Should.Throw<RecordingException>(() => _reader.Read(WaveBytes.Pcm16(8000, 1), Minute)).Problem.ShouldBe(RecordingProblem.Empty);

    [Fact]
    public void A_program_that_hangs_is_killed_at_the_time_limit()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a shell");
        var reader = new FfmpegReader(new FfmpegOptions { Program = Hanging(), TimeLimit = TimeSpan.FromMilliseconds(300) });
        Should.Throw<RecordingException>(() => reader.Read(new byte[10_000_000], Minute)).Message.ShouldContain("took longer");
        ShouldHaveEnded();
    }

    [Fact]
    public void A_program_that_hangs_is_killed_when_the_call_is_cancelled()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a shell");
        var reader = new FfmpegReader(new FfmpegOptions { Program = Hanging() });
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Should.Throw<OperationCanceledException>(() => reader.Read("....ftypM4A "u8.ToArray(), Minute, cancelled.Token));
        ShouldHaveEnded();
    }

    [Fact]
    public void Without_the_program_the_message_names_it()
    {
        var reader = new FfmpegReader(new FfmpegOptions { Program = Path.Combine(_folder, "none") });
        reader.Missing.ShouldNotBeNull().ShouldContain("ffmpeg");
        Should.Throw<RecordingException>(() => reader.Read(new byte[100], Minute)).ShouldSatisfyAllConditions(
            e => e.Problem.ShouldBe(RecordingProblem.Unreadable),
            e => e.Message.ShouldBe(reader.Missing));
    }

    [Fact]
    public void A_program_that_cannot_start_is_reported()
    {
        var program = Path.Combine(_folder, "not-a-program");
        File.WriteAllText(program, "text");
        var reader = new FfmpegReader(new FfmpegOptions { Program = program });
        Should.Throw<RecordingException>(() => reader.Read(new byte[100], Minute)).Message.ShouldContain("cannot be started");
        File.Delete(program);
    }

    private string Hanging()
    {
        var program = Path.Combine(_folder, "hang");
        File.WriteAllText(program, $"#!/bin/sh\necho $$ >'{_folder}/pid'\nexec sleep 60\n");
        const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, Executable);
        return program;
    }

    private void ShouldHaveEnded()
    {
        var id = int.Parse(File.ReadAllText(Path.Combine(_folder, "pid")), System.Globalization.CultureInfo.InvariantCulture);
        Should.Throw<ArgumentException>(() => Process.GetProcessById(id));
        File.Delete(Path.Combine(_folder, "pid"));
        File.Delete(Path.Combine(_folder, "hang"));
    }
}
