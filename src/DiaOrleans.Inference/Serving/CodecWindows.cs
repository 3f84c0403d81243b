using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Cuts a codec decode into windows that see as far as the decoder does, so that the samples are those of the whole clip while memory stays that of a window;
/// spec/model.md 5.4.
/// </summary>
internal static class CodecWindows
{
    private const int KernelRadius = 3;
    private const int ResidualRadius = KernelRadius * (1 + 3 + 9);

    /// <summary>Frames to each side that a frame's samples depend on: 10 for both codecs known.</summary>
    public static int Context(DacConfig config)
    {
        var radius = KernelRadius;
        foreach (var stride in config.UpsamplingRatios.Reverse())
        {
            radius += ResidualRadius;
            var pad = (stride + 1) / 2;
            var after = (stride - 1 + radius + pad) / stride;
            var before = (radius + 2 * stride - 1 - pad) / stride;
            radius = Math.Max(after, before);
        }

        return radius + KernelRadius;
    }

    /// <summary>Windows of at most <paramref name="size"/> frames that cover <paramref name="start"/> to <paramref name="end"/>, with their context inside 0 to <paramref name="frames"/>.</summary>
    public static IEnumerable<CodecWindow> Plan(int start, int end, int frames, int size, int context)
    {
        for (var from = start; from < end; from += size)
        {
            var to = Math.Min(from + size, end);
            yield return new CodecWindow(Math.Max(0, from - context), from, to, Math.Min(frames, to + context));
        }
    }
}

/// <summary>Frames <paramref name="From"/> to <paramref name="To"/> are kept of a decode of <paramref name="First"/> to <paramref name="Last"/>.</summary>
internal readonly record struct CodecWindow(int First, int From, int To, int Last);
