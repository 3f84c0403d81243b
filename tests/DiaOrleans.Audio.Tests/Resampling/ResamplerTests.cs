using System.Buffers;
using DiaOrleans.Audio.Resampling;
using FsCheck.Xunit;

namespace DiaOrleans.Audio.Tests.Resampling;

public sealed class ResamplerTests
{
    public static TheoryData<int, int> Rates => new()
    {
        { 16000, 44100 }, { 44100, 16000 }, { 44100, 24000 }, { 22050, 44100 }, { 16000, 24000 },
        { 48000, 8000 }, { 11025, 48000 }, { 44100, 47999 }, { 16000, 8000 },
    };

    [Theory]
    [MemberData(nameof(Rates))]
    public void The_pass_band_is_flat_to_a_tenth_of_a_decibel(int from, int to)
    {
        var nyquist = Math.Min(from, to) / 2.0;
        double worst = 0;
        for (var part = 0.02; part <= 0.9001; part += 0.04)
        {
            var (level, _) = Measure(Resampler.Convert(Tone(nyquist * part, from), from, to), nyquist * part, to);
            worst = Math.Max(worst, Math.Abs(Decibels(level)));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{from} to {to}: within {worst:F4} dB up to 0.9 of the lower Nyquist frequency");
        worst.ShouldBeLessThan(0.1);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Images_and_aliases_are_at_least_seventy_decibels_down(int from, int to)
    {
        var nyquist = Math.Min(from, to) / 2.0;
        var worst = double.NegativeInfinity;
        for (var part = 0.05; part < 1; part += 0.05)
        {
            var frequency = part * from / 2;
            if (frequency > 0.9 * nyquist && frequency < nyquist) continue;
            var (_, rest) = Measure(Resampler.Convert(Tone(frequency, from), from, to), frequency < nyquist ? frequency : null, to);
            worst = Math.Max(worst, Decibels(rest));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{from} to {to}: everything else at {worst:F1} dB");
        worst.ShouldBeLessThan(-70);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void A_slow_curve_keeps_its_position_in_time(int from, int to)
    {
        var input = Enumerable.Range(0, from / 2).Select(n => (float)Math.Exp(-Math.Pow((n - 0.25 * from) / (0.01 * from), 2))).ToArray();
        var output = Resampler.Convert(input, from, to);
        for (var n = 0; n < output.Length; n++)
        {
            ((double)output[n]).ShouldBe(Math.Exp(-Math.Pow(((double)n / to - 0.25) / 0.01, 2)), 1e-4, $"sample {n}");
        }
    }

    [Property(MaxTest = 60)]
    public void Blocks_of_any_size_give_the_whole_recording_bit_by_bit(byte[] cuts, int seed)
    {
        var random = new Random(seed);
        var from = random.Next(3) * 7350 + 8000;
        var to = random.Next(8000, 48001);
        var input = Enumerable.Range(0, random.Next(1, 20000)).Select(_ => random.NextSingle() * 2 - 1).ToArray();
        using var resampler = new Resampler(from, to);
        var output = new ArrayBufferWriter<float>();
        var at = 0;
        foreach (var cut in cuts)
        {
            var length = Math.Min(cut * 7, input.Length - at);
            resampler.Process(input.AsSpan(at, length), output);
            at += length;
        }

        resampler.Process(input.AsSpan(at), output);
        resampler.Flush(output);
        output.WrittenSpan.ToArray().ShouldBe(Resampler.Convert(input, from, to));
        output.WrittenCount.ShouldBe((int)(((long)input.Length * to + from - 1) / from));
    }

    [Fact]
    public void No_input_gives_no_output() => Resampler.Convert([], 16000, 44100).ShouldBeEmpty();

    [Fact]
    public void The_same_rate_passes_samples_through() => Resampler.Convert([0.1f, -0.2f], 44100, 44100).ShouldBe([0.1f, -0.2f]);

    [Theory]
    [InlineData(0, 44100)]
    [InlineData(44100, -1)]
    public void A_rate_below_one_is_refused(int from, int to) => Should.Throw<ArgumentOutOfRangeException>(() => new Resampler(from, to));

    private static float[] Tone(double frequency, int rate) =>
        [.. Enumerable.Range(0, rate / 2).Select(n => (float)Math.Sin(2 * Math.PI * frequency * n / rate))];

    private static double Decibels(double amplitude) => 20 * Math.Log10(amplitude + 1e-12);

    /// <summary>The amplitude of a tone by least squares, and of the rest, in the middle half of the samples.</summary>
    private static (double Level, double Residue) Measure(float[] samples, double? frequency, int rate)
    {
        var from = samples.Length / 4;
        var to = samples.Length * 3 / 4;
        double ss = 0, sc = 0, cc = 0, xs = 0, xc = 0, xx = 0;
        for (var n = from; n < to; n++)
        {
            var (s, c) = frequency is { } f ? Math.SinCos(2 * Math.PI * f * n / rate) : (0, 0);
            ss += s * s;
            sc += s * c;
            cc += c * c;
            xs += samples[n] * s;
            xc += samples[n] * c;
            xx += (double)samples[n] * samples[n];
        }

        var determinant = ss * cc - sc * sc;
        var a = determinant == 0 ? 0 : (xs * cc - xc * sc) / determinant;
        var b = determinant == 0 ? 0 : (xc * ss - xs * sc) / determinant;
        var rest = Math.Max(0, xx - a * xs - b * xc);
        return (Math.Sqrt(a * a + b * b), Math.Sqrt(2 * rest / (to - from)));
    }
}
