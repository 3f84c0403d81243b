namespace DiaOrleans.Audio.Blocks;

/// <summary>Cuts samples that come in pieces of any length into blocks of one length, so that what is made of them does not depend on the pieces.</summary>
internal sealed class SampleBlocks(int size)
{
    private readonly float[] _block = new float[size];
    private int _filled;

    /// <summary>Samples of a block that is not full yet.</summary>
    public ReadOnlySpan<float> Rest => _block.AsSpan(0, _filled);

    /// <summary>Takes samples up to the end of the block; true when it is full: read <paramref name="block"/> before the next call.</summary>
    public bool TryFill(ref ReadOnlySpan<float> samples, out ReadOnlySpan<float> block)
    {
        var count = Math.Min(samples.Length, size - _filled);
        for (var i = 0; i < count; i++) _block[_filled + i] = Sound(samples[i]);
        _filled += count;
        samples = samples[count..];
        block = _block;
        if (_filled < size) return false;
        _filled = 0;
        return true;
    }

    // Encoders keep state: one NaN would spoil all that follows.
    private static float Sound(float sample) => float.IsNaN(sample) ? 0 : Math.Clamp(sample, -1, 1);
}
