using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Execution;

/// <summary>The receptive field of the codec's decoder; spec/model.md 5.4.</summary>
internal static class CodecWindows
{
    private const int KernelRadius = 3;
    private const int ResidualRadius = KernelRadius * (1 + 3 + 9);

    /// <summary>Frames to each side that a frame's samples depend on: 10 for both published codecs.</summary>
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
}
