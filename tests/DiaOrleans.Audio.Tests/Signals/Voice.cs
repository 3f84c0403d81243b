namespace DiaOrleans.Audio.Tests.Signals;

/// <summary>Synthetic test signals and a measure of their distortion.</summary>
internal static class Voice
{
    /// <summary>A signal like speech: 20 harmonics of a varying pitch, syllables with noise between them, and a pause.</summary>
    public static float[] Speak(double seconds, int sampleRate, int seed = 1)
    {
        var random = new Random(seed);
        var samples = new float[(int)Math.Round(seconds * sampleRate)];
        double phase = random.NextDouble(), noise = 0;
        for (var n = 0; n < samples.Length; n++)
        {
            var t = (double)n / sampleRate;
            phase += (120 + 25 * Math.Sin(2 * Math.PI * 1.7 * t)) / sampleRate;
            double voiced = 0;
            for (var harmonic = 1; harmonic <= 20; harmonic++) voiced += Math.Sin(2 * Math.PI * harmonic * phase) / harmonic;
            noise = 0.7 * noise + 0.3 * (2 * random.NextDouble() - 1);
            var syllable = Math.Pow(Math.Sin(Math.PI * 3.1 * t), 2);
            samples[n] = (float)(t % 2 is > 0.9 and < 1.1 ? 0 : syllable * 0.25 * voiced + (1 - syllable) * 0.05 * noise);
        }

        return samples;
    }

    /// <summary>A sine of half scale.</summary>
    public static float[] Tone(double frequency, double seconds, int sampleRate) =>
        [
            .. from n in Enumerable.Range(0, (int)Math.Round(seconds * sampleRate))
               select (float)(0.5 * Math.Sin(2 * Math.PI * frequency * n / sampleRate)),
        ];

    /// <summary>
    /// The signal-to-noise ratio of <paramref name="decoded"/> against <paramref name="original"/> in dB, at the delay of the highest
    /// correlation.
    /// </summary>
    public static (int Delay, double Decibels) Compare(ReadOnlySpan<float> original, ReadOnlySpan<float> decoded, int maxDelay = 4000)
    {
        const int Window = 4096;
        var from = original.Length / 3;
        int best = 0;
        var most = double.NegativeInfinity;
        for (var delay = -maxDelay; delay <= maxDelay; delay++)
        {
            var start = from + delay;
            if (start < 0 || start + Window > decoded.Length) continue;
            var product = System.Numerics.Tensors.TensorPrimitives.Dot(original.Slice(from, Window), decoded.Slice(start, Window));
            if (product <= most) continue;
            most = product;
            best = delay;
        }

        double signal = 0, noise = 0;
        for (var n = Math.Max(0, -best); n < Math.Min(original.Length, decoded.Length - best); n++)
        {
            signal += original[n] * original[n];
            noise += Math.Pow(original[n] - decoded[n + best], 2);
        }

        return (best, 10 * Math.Log10(signal / noise));
    }
}
