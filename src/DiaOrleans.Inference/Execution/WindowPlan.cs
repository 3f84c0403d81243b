using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// Cuts frames into codec windows while they are made: small ones first for a short time to first audio, then larger ones, which cost less
/// a frame (docs/model.md, Codec: windows). A window depends only on its index and the final number of frames, so a streamed clip and a
/// whole clip have the same samples.
/// </summary>
/// <param name="start">The first frame to decode; the frames before it are context.</param>
/// <param name="context">Frames to each side that a frame's samples depend on.</param>
/// <param name="longest">The most frames of a window, at least 8.</param>
internal sealed class WindowPlan(int start, int context, int longest = int.MaxValue)
{
    private static readonly int[] AllSizes = [8, 16, 43, 86, 172];

    private readonly int[] _sizes = Array.FindAll(AllSizes, size => size <= Math.Max(longest, AllSizes[0]));
    private int _count;

    /// <summary>The first frame that is in no window yet.</summary>
    public int Next { get; private set; } = start;

    /// <summary>The next window; false if it needs more frames than there are, or none is left.</summary>
    /// <param name="frames">Number of final frames, those before the start included.</param>
    /// <param name="ended">Whether <paramref name="frames"/> is the final number.</param>
    /// <param name="window">The window.</param>
    public bool TryNext(int frames, bool ended, out CodecWindow window)
    {
        var to = Next + _sizes[Math.Min(_count, _sizes.Length - 1)];
        if (ended) to = Math.Min(to, frames);
        window = new CodecWindow(Math.Max(0, Next - context), Next, to, Math.Min(frames, to + context));
        if (to <= Next || (!ended && to + context > frames)) return false;
        _count++;
        Next = to;
        return true;
    }
}

/// <summary>
/// Frames <paramref name="From"/> to <paramref name="To"/> are kept of a decode of <paramref name="First"/> to <paramref name="Last"/>.
/// </summary>
internal readonly record struct CodecWindow(int First, int From, int To, int Last)
{
    /// <summary>The kept frames, counted from the first of the decode.</summary>
    public FrameRange Kept => new(From - First, To - First);
}

/// <summary>The codes of a window with its context.</summary>
/// <param name="Codes">[frames, codebooks].</param>
/// <param name="Kept">Its frames without the context.</param>
/// <param name="Wanted">The samples that are kept of them.</param>
internal readonly record struct WindowCodes(CodeGrid Codes, FrameRange Kept, SampleRange Wanted)
{
    /// <summary>Windows of equal shapes can be decoded at once.</summary>
    public WindowShape Shape => new(Codes.Rows, Kept);
}

/// <summary>What the work for a window depends on.</summary>
/// <param name="Frames">Frames, those of the context included.</param>
/// <param name="Kept">Those without the context.</param>
internal readonly record struct WindowShape(int Frames, FrameRange Kept);

/// <summary>Samples <paramref name="Start"/> up to <paramref name="End"/> of a decoded window.</summary>
internal readonly record struct SampleRange(int Start, int End);
