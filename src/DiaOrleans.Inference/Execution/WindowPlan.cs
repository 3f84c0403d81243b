namespace DiaOrleans.Inference.Execution;

/// <summary>
/// Cuts frames into codec windows while they are made: small ones first, so that sound comes early, then larger ones, which cost less (spec/model.md 5.4). Every
/// clip is cut in this way, and a window depends on its place and the final length only: a clip's samples are the same to the bit whether it is heard while it is
/// made or decoded as a whole.
/// </summary>
/// <param name="start">The first frame to decode; the frames before it are context.</param>
/// <param name="context">Frames to each side that a frame's samples depend on.</param>
internal sealed class WindowPlan(int start, int context)
{
    private static readonly int[] Sizes = [8, 16, 43, 86, 172];

    private int _count;

    /// <summary>The first frame that is in no window yet.</summary>
    public int Next { get; private set; } = start;

    /// <summary>The next window; false where it needs more frames than there are, or none is left.</summary>
    /// <param name="frames">Frames that are final, those before the start counted.</param>
    /// <param name="ended">No more will come.</param>
    /// <param name="window">The window, which this plan does not give again.</param>
    public bool TryNext(int frames, bool ended, out CodecWindow window)
    {
        var to = Next + Sizes[Math.Min(_count, Sizes.Length - 1)];
        if (ended) to = Math.Min(to, frames);
        window = new CodecWindow(Math.Max(0, Next - context), Next, to, Math.Min(frames, to + context));
        if (to <= Next || (!ended && to + context > frames)) return false;
        _count++;
        Next = to;
        return true;
    }
}

/// <summary>Frames <paramref name="From"/> to <paramref name="To"/> are kept of a decode of <paramref name="First"/> to <paramref name="Last"/>.</summary>
internal readonly record struct CodecWindow(int First, int From, int To, int Last);
