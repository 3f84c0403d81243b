using System.Buffers;
using DiaOrleans.Audio.Stretching;
using DiaOrleans.Audio.Tests.Signals;

namespace DiaOrleans.Audio.Tests.Stretching;

public sealed class TimeStretchTests
{
    public static TheoryData<double, int> Speeds
    {
        get
        {
            var data = new TheoryData<double, int>();
            foreach (var speed in (double[])[0.25, 0.5, 0.8, 1, 1.25, 2, 4])
            {
                foreach (var rate in (int[])[16000, 44100]) data.Add(speed, rate);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Speeds))]
    public void The_length_is_exact_and_a_tone_keeps_its_pitch(double speed, int rate)
    {
        SkipWithoutLibrary();
        var input = Voice.Tone(220, 3, rate);
        var output = Stretch(input, rate, speed, 1000);
        output.Length.ShouldBe((int)Math.Round(input.Length / speed, MidpointRounding.AwayFromZero));
        var pitch = Pitch(output, rate);
        TestContext.Current.TestOutputHelper?.WriteLine($"{rate} Hz at {speed}: {output.Length} samples, {pitch:F2} Hz");
        pitch.ShouldBe(220, 2.2);
    }

    [Theory]
    [MemberData(nameof(Speeds))]
    public void Pieces_of_any_size_give_the_same_samples(double speed, int rate)
    {
        SkipWithoutLibrary();
        var input = Voice.Speak(1.5, rate);
        var whole = Stretch(input, rate, speed, input.Length);
        foreach (var cut in (int[])[160, 511, 513, 7000]) Stretch(input, rate, speed, cut).ShouldBe(whole, $"pieces of {cut}");
    }

    [Theory]
    [MemberData(nameof(Speeds))]
    public void Levels_and_their_positions_are_kept(double speed, int rate)
    {
        SkipWithoutLibrary();
        var input = Voice.Tone(150, 3, rate);
        for (var n = 0; n < input.Length; n++)
        {
            if (n >= rate && n < 2 * rate) input[n] = 0;
        }

        var output = Stretch(input, rate, speed, 1000);
        var second = output.Length / 3;
        var loud = Level(input.AsSpan(0, rate));
        var margin = second / 5;
        Level(output.AsSpan(margin, second - 2 * margin)).ShouldBe(loud, 0.1 * loud, "the first second");
        Level(output.AsSpan(second + margin, second - 2 * margin)).ShouldBeLessThan(0.2 * loud, "the silent second");
        Level(output.AsSpan(2 * second + margin, second - 2 * margin)).ShouldBe(loud, 0.1 * loud, "the third second");
    }

    [Theory]
    [MemberData(nameof(Speeds))]
    public void The_end_of_the_input_is_kept(double speed, int rate)
    {
        SkipWithoutLibrary();
        var input = Voice.Tone(220, 1.2, rate);
        var output = Stretch(input, rate, speed, 1000);
        var last = output.Length / 20;
        Level(output.AsSpan(output.Length - last)).ShouldBeGreaterThan(0.5 * Level(input));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(5000)]
    public void A_short_input_gives_its_exact_length(int samples)
    {
        SkipWithoutLibrary();
        foreach (var speed in (double[])[0.25, 0.8, 1, 1.25, 4])
        {
            var expected = (int)Math.Round(samples / speed, MidpointRounding.AwayFromZero);
            Stretch(Voice.Tone(220, 1, 44100)[..samples], 44100, speed, 64).Length.ShouldBe(expected, $"{samples} at {speed}");
        }
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(4)]
    public void Output_comes_before_the_end(double speed)
    {
        SkipWithoutLibrary();
        var input = Voice.Speak(1, 44100);
        var output = new ArrayBufferWriter<float>();
        using var stretch = new TimeStretch(44100, speed);
        stretch.Process(input, output);
        TestContext.Current.TestOutputHelper?.WriteLine($"{speed}: {output.WrittenCount * speed / 44.1:F0} of 1000 ms before the end");
        output.WrittenCount.ShouldBeGreaterThan((int)(0.6 * input.Length / speed));
    }

    [Theory]
    [InlineData(0.2499)]
    [InlineData(4.01)]
    [InlineData(double.NaN)]
    public void Other_speeds_are_refused(double speed) => Should.Throw<ArgumentOutOfRangeException>(() => new TimeStretch(44100, speed));

    private static float[] Stretch(ReadOnlySpan<float> input, int rate, double speed, int cut)
    {
        var output = new ArrayBufferWriter<float>();
        using var stretch = new TimeStretch(rate, speed);
        for (var n = 0; n < input.Length; n += cut) stretch.Process(input.Slice(n, Math.Min(cut, input.Length - n)), output);
        stretch.Flush(output);
        return output.WrittenSpan.ToArray();
    }

    private static double Level(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        foreach (var sample in samples) sum += sample * sample;
        return Math.Sqrt(sum / samples.Length);
    }

    // The strongest frequency near 220 Hz, in steps of a tenth.
    private static double Pitch(ReadOnlySpan<float> samples, int rate)
    {
        var middle = samples.Slice(samples.Length / 4, Math.Min(samples.Length / 2, rate));
        double best = 0, most = 0;
        for (var frequency = 200.0; frequency <= 240; frequency += 0.1)
        {
            double real = 0, imaginary = 0;
            for (var n = 0; n < middle.Length; n += 4)
            {
                var (sin, cos) = Math.SinCos(2 * Math.PI * frequency * n / rate);
                real += middle[n] * cos;
                imaginary += middle[n] * sin;
            }

            var power = real * real + imaginary * imaginary;
            if (power <= most) continue;
            best = frequency;
            most = power;
        }

        return best;
    }

    private static void SkipWithoutLibrary()
    {
        if (TimeStretch.Missing is { } missing) Assert.Skip(missing);
    }
}
