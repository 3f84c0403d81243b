namespace DiaOrleans.Audio.Native;

/// <summary>
/// Collects samples into blocks of one length, so that the output of a native library does not depend on how its input was divided. NaN
/// becomes 0 and other samples are clipped to [-1, 1], because a library that keeps state would carry one NaN into all later output.
/// </summary>
/// <param name="size">Samples per block.</param>
internal sealed class SampleBlocks(int size)
{
    private readonly float[] _block = new float[size];
    private int _filled;

    /// <summary>The samples of the last block if it is not full.</summary>
    public ReadOnlySpan<float> Rest => _block.AsSpan(0, _filled);

    /// <summary>Takes samples up to the end of the current block.</summary>
    /// <param name="samples">The input; on return, the samples that were not taken.</param>
    /// <param name="block">The full block; valid until the next call.</param>
    /// <returns>True if the block is full.</returns>
    public bool TryFill(ref ReadOnlySpan<float> samples, out ReadOnlySpan<float> block)
    {
        var count = Math.Min(samples.Length, size - _filled);
        for (var i = 0; i < count; i++) _block[_filled + i] = Sanitize(samples[i]);
        _filled += count;
        samples = samples[count..];
        block = _block;
        if (_filled < size) return false;
        _filled = 0;
        return true;
    }

    private static float Sanitize(float sample) => float.IsNaN(sample) ? 0 : Math.Clamp(sample, -1, 1);
}
