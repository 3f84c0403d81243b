using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

public sealed class MonoDecodingTests
{
    public static TheoryData<string> Readers => [nameof(SoundFileReader), nameof(NAudioReader), nameof(FfmpegReader)];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Channels_in_opposite_phases_become_the_loudest_one(string name)
    {
        var reader = Create(name);
        var left = Enumerable.Range(0, 8000).Select(i => (short)(9000 * Math.Sin(i * 0.2))).ToArray();
        var stereo = left.SelectMany(sample => (short[])[sample, (short)(-0.95 * sample)]).ToArray();
        var recording = reader.Read(WaveBytes.Pcm16(8000, 2, stereo), new ReadLimits(60));
        recording.Samples.ShouldBe(left.Select(sample => sample / 32768f));
        recording.Channels.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Other_channels_are_averaged(string name)
    {
        var stereo = Enumerable.Range(0, 8000).SelectMany(i => (short[])[(short)(i % 70), (short)(i % 90)]).ToArray();
        var recording = Create(name).Read(WaveBytes.Pcm16(8000, 2, stereo), new ReadLimits(60));
        recording.Samples.ShouldBe(stereo.Chunk(2).Select(pair => (pair[0] + pair[1]) / 65536f));
    }

    private static IRecordingReader Create(string name)
    {
        IRecordingReader reader = name switch
        {
            nameof(SoundFileReader) => new SoundFileReader(),
            nameof(NAudioReader) => new NAudioReader(),
            _ => new FfmpegReader(),
        };
        Assert.SkipWhen(reader is IOptionalReader { Missing: not null }, $"{name} lacks its library or program");
        return reader;
    }
}
