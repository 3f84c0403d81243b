using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Tests.Signals;

namespace DiaOrleans.Audio.Tests.Formats;

/// <summary>Every format as ffprobe, ffmpeg and sox read it.</summary>
public sealed class IndependentReaderTests
{
    private const double Seconds = 2.5;

    /// <summary>
    /// Format, rate in Hz, ffprobe's names of container and codec, samples per frame, lowest signal-to-noise ratio in dB.
    /// </summary>
    public static TheoryData<AudioFormat, int, string, string, int, double> Cases => new()
    {
        { AudioFormat.Wav, 44100, "wav", "pcm_s16le", 1, 60 },
        { AudioFormat.Wav, 8000, "wav", "pcm_s16le", 1, 60 },
        { AudioFormat.Flac, 44100, "flac", "flac", 1, 60 },
        { AudioFormat.Flac, 12345, "flac", "flac", 1, 60 },
        { AudioFormat.Mp3, 44100, "mp3", "mp3", 1152, 18 },
        { AudioFormat.Mp3, 24000, "mp3", "mp3", 1152, 18 },
        { AudioFormat.Mp3, 8000, "mp3", "mp3", 1152, 18 },
        { AudioFormat.Opus, 48000, "ogg", "opus", 1, 18 },
        { AudioFormat.Aac, 44100, "aac", "aac", 1024, 18 },
        { AudioFormat.Aac, 24000, "aac", "aac", 1024, 18 },
        { AudioFormat.Aac, 8000, "aac", "aac", 1024, 15 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_whole_file_matches_its_header(AudioFormat format, int rate, string container, string codec, int frame, double decibels)
    {
        SkipWithout(format);
        var samples = Voice.Speak(Seconds, rate);
        var file = WholeFile.Encode(format, samples, rate);
        Check(file, "whole", samples, format, rate, container, codec, frame, decibels);

        // ADTS states no length; ffprobe estimates it from the bit rate.
        if (format == AudioFormat.Aac) return;
        IndependentReader.Probe(file, format.Extension()).Seconds.ShouldBe(Seconds, 2.0 * Math.Max(frame, 320) / rate);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_stream_matches_its_header(AudioFormat format, int rate, string container, string codec, int frame, double decibels)
    {
        SkipWithout(format);
        var samples = Voice.Speak(Seconds, rate);
        var stream = AudioEncodersTests.Stream(format, samples, rate, rate / 11);
        Check(stream, "stream", samples, format, rate, container, codec, frame, decibels);
    }

    [Fact]
    public void Pcm_is_the_samples_of_the_wave_file()
    {
        var samples = Voice.Speak(0.5, 24000);
        WholeFile.Encode(AudioFormat.Pcm, samples, 24000).ShouldBe(WaveFile.Encode(samples, 24000)[WaveFile.HeaderSize..]);
    }

    [Theory]
    [InlineData(AudioFormat.Wav)]
    [InlineData(AudioFormat.Flac)]
    public void Sox_reads_exactly_the_samples(AudioFormat format)
    {
        SkipWithout(format);
        var samples = Voice.Speak(Seconds, 44100);
        var decoded = IndependentReader.DecodeWithSox(WholeFile.Encode(format, samples, 44100), format.Extension());
        decoded.Length.ShouldBe(samples.Length);
        for (var n = 0; n < decoded.Length; n++) (decoded[n] * 32768).ShouldBe(MathF.Round(samples[n] * 32767));
    }

    private static void Check(
        byte[] file,
        string kind,
        float[] samples,
        AudioFormat format,
        int rate,
        string container,
        string codec,
        int frame,
        double decibels)
    {
        var facts = IndependentReader.Probe(file, format.Extension());
        (facts.Container, facts.Codec, facts.SampleRate, facts.Channels).ShouldBe((container, codec, rate, 1));
        var decoded = IndependentReader.Decode(file, format.Extension());
        var (delay, level) = Voice.Compare(samples, decoded);
        var more = decoded.Length - samples.Length;
        var bitRate = file.Length * 8 / Seconds / 1000;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{format} {rate} Hz {kind}: {bitRate:F0} kbit/s, {more:+0;-0;0} samples, delay {delay}, {level:F1} dB");
        more.ShouldBeInRange(0, frame == 1 ? 0 : 3 * frame);
        delay.ShouldBe(DelayOf(format, kind));
        level.ShouldBeGreaterThan(decibels);
    }

    // Samples that encoder and decoder add in front: LAME's delay, which only a whole file states, and one frame of AAC.
    private static int DelayOf(AudioFormat format, string kind) => format switch
    {
        AudioFormat.Mp3 => kind == "stream" ? 1105 : 0,
        AudioFormat.Aac => 1024,
        _ => 0,
    };

    private static void SkipWithout(AudioFormat format)
    {
        if (format.Missing() is { } missing) Assert.Skip(missing);
    }
}
