using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

public sealed class NAudioReaderTests
{
    private static readonly ReadLimits Minute = new(60);
    private readonly NAudioReader _reader = new();

    [Fact]
    public void Sixteen_bits_read_back_exactly()
    {
        short[] samples = [0, 1, -1, short.MaxValue, short.MinValue, 12345];
        var recording = _reader.Read(WaveBytes.Pcm16(24000, 1, samples), Minute);
        recording.Samples.ShouldBe(samples.Select(s => s / 32768f));
        recording.SampleRate.ShouldBe(24000);
    }

    [Fact]
    public void Stereo_is_averaged_exactly()
    {
        short[] samples = [32767, -12768, 3, 4, -5, -5];
        var recording = _reader.Read(WaveBytes.Pcm16(44100, 2, samples), Minute);
        recording.Samples.ShouldBe(samples.Chunk(2).Select(pair => (pair[0] + pair[1]) / 65536f));
    }

    [Theory]
    [InlineData(WaveBytes.Pcm, 8, new byte[] { 0x80, 0x00, 0xFF, 0xC0 }, new[] { 0f, -1f, 127 / 128f, 0.5f })]
    [InlineData(WaveBytes.Pcm, 24, new byte[] { 0, 0, 0x40, 1, 0, 0, 0, 0, 0x80 }, new[] { 0.5f, 1 / 8388608f, -1f })]
    [InlineData(WaveBytes.Pcm, 32, new byte[] { 0, 0, 0, 0x40, 0, 0, 0, 0x80 }, new[] { 0.5f, -1f })]
    [InlineData(WaveBytes.Float, 32, new byte[] { 0, 0, 0, 0x3F, 0, 0, 0xC0, 0x7F, 0, 0, 0x80, 0xBF }, new[] { 0.5f, 0f, -1f })]
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
    public void A_long_recording_and_an_empty_one_are_refused()
    {
        ProblemOf(WaveBytes.Pcm16(8000, 1, new short[8001]), new ReadLimits(1)).ShouldBe(RecordingProblem.TooLong);
        ProblemOf(WaveBytes.Pcm16(8000, 1), Minute).ShouldBe(RecordingProblem.Empty);
    }

    [Fact]
    public void Other_formats_are_unreadable_without_windows()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Media Foundation reads them");
        ProblemOf("fLaC...."u8.ToArray(), Minute).ShouldBe(RecordingProblem.Unreadable);
    }

    [Fact]
    public void Damaged_files_are_shorter_or_refused()
    {
        var random = new Random(23);
        for (var round = 0; round < 3000; round++)
        {
            var file = WaveBytes.Pcm16(8000, 2, [.. Enumerable.Range(0, 500).Select(i => (short)(i * 60))]);
            for (var flip = random.Next(1, 6); flip > 0; flip--)
            {
                file[random.Next(flip % 2 == 0 ? 44 : file.Length)] ^= (byte)(1 << random.Next(8));
            }

            var length = random.Next(2) == 0 ? file.Length : random.Next(file.Length);
            try
            {
                _reader.Read(file.AsMemory(0, length), Minute).Samples.Length.ShouldBeLessThanOrEqualTo(2000);
            }
            catch (RecordingException e)
            {
                e.Message.ShouldNotBeNullOrWhiteSpace();
            }
        }
    }

    private RecordingProblem ProblemOf(byte[] file, ReadLimits limits) =>
        Should.Throw<RecordingException>(() => _reader.Read(file, limits)).Problem;
}
