using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Execution;

/// <summary>What the samples of some frames depend on in the codec's decoder; docs/model.md, Codec: windows.</summary>
internal static class CodecWindows
{
    // What follows the last whole window is decoded after the last step, while nothing else of the call is left to do.
    private const int LongestSeconds = 3;

    private const int KernelRadius = 3;
    private const int ResidualRadius = KernelRadius * (1 + 3 + 9);

    /// <summary>Frames to each side that a frame's samples depend on: 10 for both published codecs.</summary>
    public static int Context(DacConfig config)
    {
        var first = Inputs(config, 0, config.HopLength)[0];
        return (int)Math.Max(-first.Start, first.End - 1) + KernelRadius;
    }

    /// <summary>The most frames of a window.</summary>
    public static int Longest(DacConfig config) => LongestSeconds * config.SampleRate / config.HopLength;

    /// <summary>
    /// The part of each block's input that the kept frames of a window depend on, counted from the start of what the block before makes of
    /// its own part; and the kept samples, counted in the same way. The others would cost most: at the last block's rate, 10 frames are 200
    /// times the samples that are needed.
    /// </summary>
    /// <param name="config">The codec.</param>
    /// <param name="frames">Frames of the window.</param>
    /// <param name="kept">Frames whose samples are kept.</param>
    public static IReadOnlyList<TimeRange> Parts(DacConfig config, int frames, FrameRange kept)
    {
        var needed = Inputs(config, (long)kept.From * config.HopLength, (long)kept.To * config.HopLength);
        var parts = new TimeRange[needed.Length];
        var length = (long)frames;
        var made = 0L;
        for (var block = 0; block < parts.Length; block++)
        {
            var start = Math.Max(needed[block].Start, 0);
            var end = Math.Min(needed[block].End, length);
            parts[block] = new TimeRange(start - made, end - made);
            var stride = block < config.UpsamplingRatios.Count ? config.UpsamplingRatios[block] : 1;
            made = start * stride;
            length *= stride;
        }

        return parts;
    }

    /// <summary>
    /// The part of each block's input, counted at the input's rate, that the samples of a range depend on, which may reach beyond the clip;
    /// and that range.
    /// </summary>
    private static TimeRange[] Inputs(DacConfig config, long from, long to)
    {
        var inputs = new TimeRange[config.UpsamplingRatios.Count + 1];
        inputs[^1] = new TimeRange(from, to);
        var range = new TimeRange(from - KernelRadius, to + KernelRadius);
        for (var block = inputs.Length - 2; block >= 0; block--)
        {
            // Output o of the transposed convolution, of kernel 2 * stride, reads the inputs (o + pad) / stride and the one before.
            var stride = config.UpsamplingRatios[block];
            var pad = (stride + 1) / 2;
            var first = FloorDivide(range.Start - ResidualRadius + pad, stride) - 1;
            var last = FloorDivide(range.End - 1 + ResidualRadius + pad, stride);
            inputs[block] = range = new TimeRange(first, last + 1);
        }

        return inputs;
    }

    private static long FloorDivide(long value, int divisor) => (value - (value % divisor + divisor) % divisor) / divisor;
}

/// <summary>Frames <paramref name="From"/> up to <paramref name="To"/> of a window.</summary>
internal readonly record struct FrameRange(int From, int To);

/// <summary>Elements <paramref name="Start"/> up to <paramref name="End"/> along the time axis.</summary>
internal readonly record struct TimeRange(long Start, long End);
