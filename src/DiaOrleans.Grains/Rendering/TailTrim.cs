using System.Numerics.Tensors;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Removes what follows the last speech of a very short text: the model often continues with silence or noise.</summary>
internal static class TailTrim
{
    private const double BlockSeconds = 0.02;
    private const double KeepSeconds = 0.2;
    private const double QuietBelowLoudest = 0.02;

    /// <summary>The samples up to 0.2 s after the last block of 20 ms whose RMS is above that of the loudest block less 34 dB.</summary>
    public static float[] Cut(float[] samples, int sampleRate)
    {
        var block = Math.Max(1, (int)(BlockSeconds * sampleRate));
        var loudness = new double[samples.Length / block];
        for (var i = 0; i < loudness.Length; i++)
            loudness[i] = Math.Sqrt(TensorPrimitives.SumOfSquares(samples.AsSpan(i * block, block)) / block);
        if (loudness.Length == 0 || loudness.Max() == 0) return samples;
        var quiet = loudness.Max() * QuietBelowLoudest;
        var last = Array.FindLastIndex(loudness, level => level > quiet);
        var end = Math.Min(samples.Length, (last + 1) * block + (int)(KeepSeconds * sampleRate));
        return samples[..end];
    }
}
