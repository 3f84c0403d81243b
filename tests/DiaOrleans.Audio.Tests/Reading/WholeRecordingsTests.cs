using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

/// <summary>Decoding decides the length of a recording: what a header states has no effect.</summary>
[Collection(nameof(RunsAlone))]
public sealed class WholeRecordingsTests
{
    private static readonly ReadLimits Minute = new(60);
    private readonly RecordingReaders _readers = RecordingReaders.Create();

    public static TheoryData<string, string> Compressed => new()
    {
        { "mp3", "-q:a 5" }, { "mp3", "-b:a 96k -write_xing 0" }, { "flac", "" }, { "ogg", "-c:a libvorbis" }, { "ogg", "-c:a libopus" },
        { "ogg", "-c:a flac" },
    };

    [Theory]
    [InlineData(7.3, "-q:a 2")]
    [InlineData(4.1, "-q:a 8 -ac 2")]
    [InlineData(20, "-compression_level 9 -q:a 0 -ar 22050")]
    public void A_variable_rate_mp3_without_a_length_is_whole(double seconds, string options)
    {
        foreach (var source in (string[])[MadeByFfmpeg.LoudStart(seconds), MadeByFfmpeg.QuietStart(seconds)])
        {
            DurationOf(MadeByFfmpeg.Piped(source, "mp3", options + " -write_xing 0")).ShouldBe(seconds, 0.15);
        }
    }

    [Fact]
    public void The_limit_is_applied_to_decoded_samples()
    {
        // By the rate of its first frames it is far longer.
        var file = MadeByFfmpeg.Piped(MadeByFfmpeg.QuietStart(9), "mp3", "-q:a 0 -write_xing 0");
        _readers.Read(file, new ReadLimits(9.3)).Duration.TotalSeconds.ShouldBe(9, 0.15);
        Should.Throw<RecordingException>(() => _readers.Read(file, new ReadLimits(8.5))).Problem.ShouldBe(RecordingProblem.TooLong);
    }

    [Theory]
    [InlineData("flac")]
    [InlineData("wav")]
    public void A_header_that_states_hours_is_not_believed(string extension)
    {
        var file = Written(3, extension);
        // The number of samples in FLAC's STREAMINFO is 36 bits; WAV states bytes.
        var length = extension == "flac" ? file.AsSpan(22, 4) : file.AsSpan(file.AsSpan().IndexOf("data"u8) + 4, 4);
        length.Fill(0x7F);
        DurationOf(file).ShouldBe(3, 0.01);
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void A_download_that_broke_off_is_read_as_far_as_it_came(string format, string options)
    {
        var file = Written(6, format, options);
        var before = 0.0;
        foreach (var part in (double[])[0.35, 0.6, 0.85, 0.999])
        {
            var seconds = DurationOf(file.AsMemory(0, (int)(part * file.Length)));
            // The silence in the first second takes less than its part of the bytes.
            seconds.ShouldBeInRange(Math.Max(before, 6 * part - 0.3), 1 + 6 * part);
            before = seconds;
        }

        before.ShouldBeGreaterThan(5.85);
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void Files_that_were_joined_are_one_recording(string format, string options)
    {
        byte[] joined = [.. new[] { 2, 3.5, 1.2 }.SelectMany(seconds => Written(seconds, format, options))];
        DurationOf(joined).ShouldBe(6.7, format == "flac" ? 0.001 : 0.25);
    }

    [Fact]
    public void Joined_flac_files_may_have_different_rates_and_channels_and_the_last_may_have_broken_off()
    {
        byte[] joined = [.. Written(2, "flac", "-ar 22050 -ac 2"), .. Written(3, "flac", "-ar 48000"), .. Written(1, "flac")];
        var recording = _readers.Read(joined, Minute);
        recording.Duration.TotalSeconds.ShouldBe(6, 0.001);
        recording.SampleRate.ShouldBe(48000);
        DurationOf((byte[])[.. joined, .. Written(4, "flac")[..60]]).ShouldBe(6, 0.001);
        Should.Throw<RecordingException>(() => _readers.Read(joined, new ReadLimits(5.9))).Problem.ShouldBe(RecordingProblem.TooLong);
    }

    [Fact]
    public void Joined_mp3_files_may_have_different_rates_and_channels()
    {
        byte[] joined =
        [
            .. Written(2, "mp3", "-ar 48000 -ac 2"), .. Written(3, "mp3", "-ar 22050"), .. Written(1, "mp3"),
        ];
        var recording = _readers.Read(joined, Minute);
        recording.Duration.TotalSeconds.ShouldBe(6, 0.3);
        recording.SampleRate.ShouldBe(48000);
    }

    [Theory]
    [InlineData("webm", "-c:a libopus")]
    [InlineData("matroska", "-c:a libvorbis")]
    [InlineData("mp4", "-c:a aac -movflags frag_keyframe+empty_moov")]
    [InlineData("adts", "-c:a aac")]
    [InlineData("flac", "")]
    [InlineData("opus", "")]
    [InlineData("wav", "")]
    [InlineData("aiff", "")]
    [InlineData("au", "")]
    [InlineData("caf", "")]
    public void What_was_written_to_a_pipe_is_whole(string format, string options) =>
        DurationOf(MadeByFfmpeg.Piped(MadeByFfmpeg.QuietStart(3.4), format, options)).ShouldBe(3.4, 0.15);

    [Theory]
    [InlineData("webm", "-c:a libopus -cluster_time_limit 500")]
    [InlineData("mp4", "-c:a aac -movflags frag_keyframe+empty_moov -frag_duration 500000")]
    [InlineData("adts", "-c:a aac")]
    [InlineData("caf", "")]
    public void A_stream_that_broke_off_is_read_as_far_as_it_came(string format, string options)
    {
        var file = MadeByFfmpeg.Piped(MadeByFfmpeg.QuietStart(6), format, options);
        DurationOf(file.AsMemory(0, file.Length * 3 / 4)).ShouldBeInRange(3, 5.5);
    }

    [Fact]
    public void Without_ffmpeg_a_file_is_refused_if_libsndfile_stops_before_its_end()
    {
        var reader = new SoundFileReader();
        Assert.SkipUnless(reader.Missing is null, "libsndfile is not installed");
        byte[] joined = [.. Written(2, "mp3"), .. Written(3.5, "mp3")];
        foreach (var file in (byte[][])[joined, MadeByFfmpeg.Piped(MadeByFfmpeg.LoudStart(7.3), "mp3", "-q:a 2 -write_xing 0")])
        {
            Should.Throw<RecordingException>(() => reader.Read(file, Minute)).Message.ShouldBe("libsndfile stops before its end.");
        }
    }

    private static byte[] Written(double seconds, string extension, string options = "") =>
        MadeByFfmpeg.Written(MadeByFfmpeg.QuietStart(seconds), extension, options);

    private double DurationOf(ReadOnlyMemory<byte> file) => _readers.Read(file, Minute).Duration.TotalSeconds;
}
