using System.Buffers;
using System.Buffers.Binary;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Tests.Signals;

namespace DiaOrleans.Audio.Tests.Formats;

public sealed class AudioEncodersTests
{
    public static TheoryData<AudioFormat> Formats => [.. AudioFormats.All];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Equal_samples_give_equal_bytes_for_pieces_of_any_length(AudioFormat format)
    {
        var rate = RateOf(format);
        var samples = Voice.Speak(1.3, rate);
        var once = Stream(format, samples, rate, samples.Length);
        foreach (var length in (int[])[441, 4097]) Stream(format, samples, rate, length).ShouldBe(once, $"pieces of {length}");
        var whole = WholeFile.Encode(format, samples, rate);
        WholeFile.Encode(format, samples, rate).ShouldBe(whole);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Other_samples_give_other_bytes(AudioFormat format)
    {
        var rate = RateOf(format);
        var first = Stream(format, Voice.Speak(0.5, rate, seed: 1), rate, 1000);
        first.ShouldNotBe(Stream(format, Voice.Speak(0.5, rate, seed: 2), rate, 1000));
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

        // A child process encodes asynchronously.
        while (output.WrittenCount <= Header(format) && Environment.TickCount64 < deadline) encoder.Write([], output);
        output.WrittenCount.ShouldBeGreaterThan(Header(format));
        var before = output.WrittenCount;
        encoder.Finish(output);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{format}: audio after {1000.0 * first / rate:F0} ms of samples, {before} of {output.WrittenCount} bytes before the end");
        if (format != AudioFormat.Aac) first.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(rate / 3);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void No_samples_give_equal_bytes_too(AudioFormat format)
    {
        var rate = RateOf(format);
        WholeFile.Encode(format, [], rate).ShouldBe(WholeFile.Encode(format, [], rate));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_stream_can_be_disposed_at_any_time(AudioFormat format)
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
    public void Nan_and_clipped_samples_do_not_change_later_output(AudioFormat format)
    {
        var rate = RateOf(format);
        var samples = Voice.Speak(1, rate);
        var damaged = (float[])samples.Clone();
        ((float[])[float.NaN, float.PositiveInfinity, -80]).CopyTo(damaged, 1000);
        ((float[])[0, 1, -1]).CopyTo(samples, 1000);
        if (format is AudioFormat.Wav or AudioFormat.Pcm or AudioFormat.Flac) samples[1002] = -80;
        WholeFile.Encode(format, damaged, rate).ShouldBe(WholeFile.Encode(format, samples, rate));
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
    public void A_rate_that_the_format_does_not_support_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => AudioEncoders.Create(AudioFormat.Mp3, 12345));
        Should.Throw<ArgumentOutOfRangeException>(() => AudioEncoders.Create(AudioFormat.Opus, 44100));
        Should.Throw<ArgumentOutOfRangeException>(() => WholeFile.Encode(AudioFormat.Wav, [], 0));
    }

    internal static byte[] Stream(AudioFormat format, ReadOnlySpan<float> samples, int rate, int length)
    {
        var output = new ArrayBufferWriter<byte>();
        using var encoder = AudioEncoders.Create(format, rate);
        for (var n = 0; n < samples.Length; n += length) encoder.Write(samples.Slice(n, Math.Min(length, samples.Length - n)), output);
        encoder.Finish(output);
        return output.WrittenSpan.ToArray();
    }

    private static int RateOf(AudioFormat format)
    {
        if (format.Missing() is { } missing) Assert.Skip(missing);
        return format.RateFor(null);
    }

    // The most bytes of headers and comments before any audio.
    private static int Header(AudioFormat format) => format switch
    {
        AudioFormat.Wav => WaveFile.HeaderSize,
        AudioFormat.Flac or AudioFormat.Opus => 1000,
        _ => 0,
    };
}
