namespace DiaOrleans.Inference.Decoding;

/// <summary>The most frames of a text, for a model that does not end by itself; docs/api.md, Long and short texts.</summary>
public static class FrameBudget
{
    /// <summary>ceil(fps (2 + 0.15 bytes)).</summary>
    /// <param name="frameRate">Frames per second of audio.</param>
    /// <param name="ownTextBytes"><see cref="TextIds.OwnTextBytes"/> of the text.</param>
    public static int ForText(double frameRate, int ownTextBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameRate);
        ArgumentOutOfRangeException.ThrowIfNegative(ownTextBytes);
        // In hundredths: 0.15 has no exact binary value, and a whole result must not be rounded up.
        var frames = Math.Ceiling(frameRate * (200 + (15L * ownTextBytes)) / 100);
        return (int)Math.Min(frames, int.MaxValue);
    }
}
