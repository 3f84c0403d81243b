using System.Buffers;
using System.Buffers.Binary;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Tests.Signals;
using DiaOrleans.Audio.Wave;

namespace DiaOrleans.Audio.Tests.Formats;

public sealed class AudioEncodersTests
{
    public static TheoryData<AudioFormat> Formats => [.. AudioFormats.All];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Equal_samples_give_equal_bytes_however_they_are_cut(AudioFormat format)
    {
        var rate = RateOf(format);
        var samples = Voice.Speak(1.3, rate);
        var once = Stream(format, samples, rate, samples.Length);
        foreach (var cut in (int[])[441, 4097]) Stream(format, samples, rate, cut).ShouldBe(once, $"pieces of {cut}");
        var whole = WholeFile.Encode(format, samples, rate);
        WholeFile.Encode(format, samples, rate).ShouldBe(whole);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Other_samples_give_other_bytes(AudioFormat format)
    {
        var rate = RateOf(format);
        Stream(format, Voice.Speak(0.5, rate, seed: 1), rate, 1000).ShouldNotBe(Stream(format, Voice.Speak(0.5, rate, seed: 2), rate, 1000));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Bytes_come_within_a_third_of_a_second_of_samples(AudioFormat format)
    {
        var rate = RateOf(format);
        var samples = Voice.Speak(2, rate);
        var output = new ArrayBufferWriter<byte>();
        using var encoder = AudioEncoders.Create(format, rate);
        var step = rate / 50;
        int? first = null;
        var deadline = Environment.TickCount64 + 20_000;
        for (var n = 0; n + step <= samples.Length; n += step)
        {
            encoder.Write(samples.AsSpan(n, step), output);
            if (output.WrittenCount > Header(format)) first ??= n + step;
        }

        // A child process encodes in its own time.
        while (output.WrittenCount <= Header(format) && Environment.TickCount64 < deadline) encoder.Write([], output);
        output.WrittenCount.ShouldBeGreaterThan(Header(format));
        var before = output.WrittenCount;
        encoder.Finish(output);
        TestContext.Current.TestOutputHelper?.WriteLine($"{format}: audio after {1000.0 * first / rate:F0} ms of samples, {before} of {output.WrittenCount} bytes before the end");
        if (format != AudioFormat.Aac) first.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(rate / 3);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void No_samples_are_no_trouble(AudioFormat format)
    {
        var rate = RateOf(format);
        WholeFile.Encode(format, [], rate).ShouldBe(WholeFile.Encode(format, [], rate));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_stream_can_be_left_at_any_time(AudioFormat format)
    {
        var rate = RateOf(format);
        foreach (var samples in (int[])[0, 10, rate])
        {
            using var encoder = AudioEncoders.Create(format, rate);
            encoder.Write(Voice.Speak(1, rate).AsSpan(0, samples), new ArrayBufferWriter<byte>());
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_is_not_a_number_or_too_loud_does_not_spoil_what_follows(AudioFormat format)
    {
        var rate = RateOf(format);
        var samples = Voice.Speak(1, rate);
        var spoilt = (float[])samples.Clone();
        (spoilt[1000], spoilt[1001], spoilt[1002]) = (float.NaN, float.PositiveInfinity, -80);
        (samples[1000], samples[1001], samples[1002]) = (0, 1, -1);
        if (format is AudioFormat.Wav or AudioFormat.Pcm or AudioFormat.Flac) samples[1002] = -80;
        WholeFile.Encode(format, spoilt, rate).ShouldBe(WholeFile.Encode(format, samples, rate));
    }

    [Fact]
    public void A_streamed_wave_begins_with_a_header_of_unknown_length_even_without_samples()
    {
        var output = new ArrayBufferWriter<byte>();
        using var encoder = AudioEncoders.Create(AudioFormat.Wav, 44100);
        encoder.Write([], output);
        output.WrittenCount.ShouldBe(WaveFile.HeaderSize);
        BinaryPrimitives.ReadUInt32LittleEndian(output.WrittenSpan[4..]).ShouldBe(uint.MaxValue);
        BinaryPrimitives.ReadUInt32LittleEndian(output.WrittenSpan[40..]).ShouldBe(uint.MaxValue);
        encoder.Write([0.5f], output);
        encoder.Finish(output);
        output.WrittenCount.ShouldBe(WaveFile.HeaderSize + 2);
    }

    [Fact]
    public void A_rate_that_the_format_lacks_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => AudioEncoders.Create(AudioFormat.Mp3, 12345));
        Should.Throw<ArgumentOutOfRangeException>(() => AudioEncoders.Create(AudioFormat.Opus, 44100));
        Should.Throw<ArgumentOutOfRangeException>(() => WholeFile.Encode(AudioFormat.Wav, [], 0));
    }

    internal static byte[] Stream(AudioFormat format, ReadOnlySpan<float> samples, int rate, int cut)
    {
        var output = new ArrayBufferWriter<byte>();
        using var encoder = AudioEncoders.Create(format, rate);
        for (var n = 0; n < samples.Length; n += cut) encoder.Write(samples.Slice(n, Math.Min(cut, samples.Length - n)), output);
        encoder.Finish(output);
        return output.WrittenSpan.ToArray();
    }

    private static int RateOf(AudioFormat format)
    {
        if (format.Missing() is { } missing) Assert.Skip(missing);
        return format.RateFor(null);
    }

    // What may come before any audio: headers, comments.
    private static int Header(AudioFormat format) => format switch { AudioFormat.Wav => WaveFile.HeaderSize, AudioFormat.Flac or AudioFormat.Opus => 1000, _ => 0 };
}
