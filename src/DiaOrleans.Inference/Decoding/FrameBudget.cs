namespace DiaOrleans.Inference.Decoding;

/// <summary>How many new frames a call may make, however it goes: a model that does not end by itself never runs away; spec/api.md 3.2.</summary>
public static class FrameBudget
{
    private const double SecondsToBegin = 2;
    private const double SecondsPerByte = 0.15;

    /// <summary>ceil(fps · (2 + 0.15 · bytes)); bytes are those of <see cref="TextIds.OwnTextBytes"/>.</summary>
    public static int ForText(double frameRate, int ownTextBytes) => (int)Math.Ceiling(frameRate * (SecondsToBegin + SecondsPerByte * ownTextBytes));
}
