using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

public sealed class SoundFileReaderTests
{
    private static readonly ReadLimits Minute = new(60);
    private readonly SoundFileReader _reader = new();

    public SoundFileReaderTests() => Assert.SkipUnless(_reader.Missing is null, "libsndfile is not installed");

    [Fact]
    public void Sixteen_bits_read_back_exactly()
    {
        short[] samples = [0, 1, -1, short.MaxValue, short.MinValue, 12345, -12345];
        var recording = _reader.Read(WaveBytes.Pcm16(24000, 1, samples), Minute);
        recording.Samples.ShouldBe(samples.Select(s => s / 32768f));
        recording.SampleRate.ShouldBe(24000);
        recording.Channels.ShouldBe(1);
    }

    [Fact]
    public void Stereo_is_averaged_exactly()
    {
        short[] samples = [32767, -12768, 3, 4, -5, -5, 100, 0];
        var recording = _reader.Read(WaveBytes.Pcm16(44100, 2, samples), Minute);
        recording.Samples.ShouldBe(samples.Chunk(2).Select(pair => (pair[0] + pair[1]) / 65536f));
        recording.Channels.ShouldBe(2);
    }

    [Theory]
    [InlineData(WaveBytes.Pcm, 8, new byte[] { 0x80, 0x00, 0xFF, 0xC0 }, new[] { 0f, -1f, 127 / 128f, 0.5f })]
    [InlineData(WaveBytes.Pcm, 24, new byte[] { 0, 0, 0x40, 1, 0, 0, 0, 0, 0x80 }, new[] { 0.5f, 1 / 8388608f, -1f })]
    [InlineData(WaveBytes.Pcm, 32, new byte[] { 0, 0, 0, 0x40, 0, 0, 0, 0x80, 0, 1, 0, 0 }, new[] { 0.5f, -1f, 256 / 2147483648f })]
    [InlineData(WaveBytes.Float, 32, new byte[] { 0, 0, 0, 0x3F, 0, 0, 0xC0, 0x7F, 0, 0, 0x80, 0xBF }, new[] { 0.5f, 0f, -1f })]
    [InlineData(WaveBytes.Float, 32, new byte[] { 0, 0, 0, 0x3F, 0, 0, 0x80, 0xFF, 0, 0, 0x80, 0xBF }, new[] { 0.5f, 0f, -1f })]
    [InlineData(WaveBytes.Float, 64, new byte[] { 0, 0, 0, 0, 0, 0, 0xE0, 0x3F, 0, 0, 0, 0, 0, 0, 0xF0, 0xBF }, new[] { 0.5f, -1f })]
    public void Every_width_is_read_plain_and_extensible(ushort tag, int bits, byte[] data, float[] expected)
    {
        var samples = WaveBytes.Chunk("data", data);
        foreach (var format in (byte[][])[WaveBytes.Format(tag, bits, 1, 8000), WaveBytes.ExtensibleFormat(tag, bits, 1, 8000)])
        {
            _reader.Read(WaveBytes.File(format, samples), Minute).Samples.ShouldBe(expected);
        }
    }

    [Fact]
    public void Other_chunks_are_skipped()
    {
        var format = WaveBytes.Format(WaveBytes.Pcm, 16, 1, 8000);
        var data = WaveBytes.Chunk("data", [0, 0x40, 0, 0xC0]);
        var odd = WaveBytes.Chunk("junk", new byte[7]);
        var large = WaveBytes.Chunk("LIST", [.. "INFO"u8, .. WaveBytes.Chunk("ICMT", new byte[200_001])]);
        foreach (var extra in (byte[][])[odd, large])
        {
            _reader.Read(WaveBytes.File(extra, format, data), Minute).Samples.ShouldBe([0.5f, -0.5f]);
            _reader.Read(WaveBytes.File(format, extra, data, extra), Minute).Samples.ShouldBe([0.5f, -0.5f]);
        }
    }

    [Theory]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0xFFFFF000u)]
    public void A_header_of_unknown_length_is_read(uint size)
    {
        var file = WaveBytes.File(WaveBytes.Format(WaveBytes.Pcm, 16, 1, 8000), WaveBytes.Chunk("data", [0, 0x40, 0, 0xC0], size));
        file.AsSpan(4, 4).Fill(0xFF);
        _reader.Read(file, Minute).Samples.ShouldBe([0.5f, -0.5f]);
    }

    [Fact]
    public void A_header_without_samples_is_empty() =>
        Should.Throw<RecordingException>(() => _reader.Read(WaveBytes.Pcm16(8000, 1), Minute)).Problem.ShouldBe(RecordingProblem.Empty);

    [Theory]
    [InlineData("wav", "", 0.001)]
    [InlineData("wav", "-c:a adpcm_ms", 0.02)]
    [InlineData("wav", "-c:a adpcm_ima_wav", 0.02)]
    [InlineData("aiff", "", 0.001)]
    [InlineData("flac", "", 0.001)]
    [InlineData("ogg", "-c:a libvorbis", 0.02)]
    [InlineData("opus", "-c:a libopus", 0.02)]
    [InlineData("mp3", "", 0.02)]
    [InlineData("mp3", "-write_xing 0 -id3v2_version 0", 0.02)]
    public void Compressed_formats_hold_the_tone(string extension, string options, double tolerance)
    {
        var recording = _reader.Read(MadeByFfmpeg.Tone(extension, options), Minute);
        Tone.Check(recording, tolerance);
    }

    [Fact]
    public void A_file_longer_than_the_limit_is_refused_while_decoding()
    {
        var limits = new ReadLimits(0.3);
        foreach (var extension in (string[])["wav", "flac", "ogg", "opus", "mp3"])
        {
            var file = MadeByFfmpeg.Tone(extension);
            Should.Throw<RecordingException>(() => _reader.Read(file, limits)).Problem.ShouldBe(RecordingProblem.TooLong, extension);
        }
    }

    [Fact]
    public void A_small_file_of_long_audio_uses_little_memory()
    {
        var file = MadeByFfmpeg.Silence("flac");
        file.Length.ShouldBeLessThan(300_000);
        // The number of samples in STREAMINFO, 36 bits; 0 is unknown.
        file[21] &= 0xF0;
        file.AsSpan(22, 4).Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<RecordingException>(() => _reader.Read(file, new ReadLimits(1))).Problem.ShouldBe(RecordingProblem.TooLong);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public void A_cancelled_read_stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => _reader.Read(WaveBytes.Pcm16(8000, 1, 1), Minute, cancelled.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("R")]
    [InlineData("Creative Voice File\u001a")]
    [InlineData("#EXTM3U\nfile:///etc/passwd")]
    public void Other_formats_are_unreadable(string text) =>
        Should.Throw<RecordingException>(() => _reader.Read(System.Text.Encoding.Latin1.GetBytes(text), Minute))
            .Problem.ShouldBe(RecordingProblem.Unreadable);
}
