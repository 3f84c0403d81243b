namespace DiaOrleans.Inference.Decoding;

/// <summary>The most frames that a text is given, so that a model which does not end by itself never runs away; spec/api.md 3.2.</summary>
public static class FrameBudget
{
    /// <summary>ceil(fps (2 + 0.15 bytes)).</summary>
    /// <param name="frameRate">Frames per second of audio.</param>
    /// <param name="ownTextBytes"><see cref="TextIds.OwnTextBytes"/> of the text.</param>
    public static int ForText(double frameRate, int ownTextBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameRate);
        ArgumentOutOfRangeException.ThrowIfNegative(ownTextBytes);
        // In hundredths, because 0.15 is no binary fraction and a whole number must not be rounded up to the next.
        var frames = Math.Ceiling(frameRate * (200 + (15L * ownTextBytes)) / 100);
        return (int)Math.Min(frames, int.MaxValue);
    }
}
