namespace DiaOrleans.Audio.Tests.Signals;

/// <summary>Sounds to test with, and how alike two are.</summary>
internal static class Voice
{
    /// <summary>Like speech: a gliding voice of many harmonics with hissing between, syllables and a pause.</summary>
    public static float[] Speak(double seconds, int sampleRate, int seed = 1)
    {
        var random = new Random(seed);
        var samples = new float[(int)Math.Round(seconds * sampleRate)];
        double phase = random.NextDouble(), hiss = 0;
        for (var n = 0; n < samples.Length; n++)
        {
            var t = (double)n / sampleRate;
            phase += (120 + 25 * Math.Sin(2 * Math.PI * 1.7 * t)) / sampleRate;
            double voiced = 0;
            for (var harmonic = 1; harmonic <= 20; harmonic++) voiced += Math.Sin(2 * Math.PI * harmonic * phase) / harmonic;
            hiss = 0.7 * hiss + 0.3 * (2 * random.NextDouble() - 1);
            var syllable = Math.Pow(Math.Sin(Math.PI * 3.1 * t), 2);
            samples[n] = (float)(t % 2 is > 0.9 and < 1.1 ? 0 : syllable * 0.25 * voiced + (1 - syllable) * 0.05 * hiss);
        }

        return samples;
    }

    /// <summary>A sine of half scale.</summary>
    public static float[] Tone(double frequency, double seconds, int sampleRate) =>
        Enumerable.Range(0, (int)Math.Round(seconds * sampleRate)).Select(n => (float)(0.5 * Math.Sin(2 * Math.PI * frequency * n / sampleRate))).ToArray();

    /// <summary>Signal to noise in dB of <paramref name="heard"/> against <paramref name="said"/>, after the delay at which they fit best.</summary>
    public static (int Delay, double Decibels) Compare(ReadOnlySpan<float> said, ReadOnlySpan<float> heard, int mostDelay = 4000)
    {
        const int Window = 4096;
        var from = said.Length / 3;
        int best = 0;
        var most = double.NegativeInfinity;
        for (var delay = -mostDelay; delay <= mostDelay; delay++)
        {
            var start = from + delay;
            if (start < 0 || start + Window > heard.Length) continue;
            var product = System.Numerics.Tensors.TensorPrimitives.Dot(said.Slice(from, Window), heard.Slice(start, Window));
            if (product > most) (most, best) = (product, delay);
        }

        double signal = 0, noise = 0;
        for (var n = Math.Max(0, -best); n < Math.Min(said.Length, heard.Length - best); n++)
        {
            signal += said[n] * said[n];
            noise += Math.Pow(said[n] - heard[n + best], 2);
        }

        return (best, 10 * Math.Log10(signal / noise));
    }
}
