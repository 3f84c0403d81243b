namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// The weights of an <see cref="UpsamplingBlock"/> but for those of its first Snake; the operator's inputs in this order.
/// </summary>
internal unsafe struct BlockWeights
{
    /// <summary>Residual units.</summary>
    public const int Units = 3;

    /// <summary>Channels before the transposed convolution.</summary>
    public int InputChannels;
    /// <summary>Channels behind it.</summary>
    public int Channels;
    /// <summary>Output elements for one of the input: stride of the transposed convolution.</summary>
    public int Stride;
    /// <summary>[stride, channels / 4, inputs, 2, 4]: phases of the transposed convolution, of two taps.</summary>
    public float* Transposed;
    /// <summary>[channels].</summary>
    public float* TransposedBias;
    /// <summary>[units, 2, channels].</summary>
    public float* Alphas;
    /// <summary>[units, 2, channels].</summary>
    public float* Betas;
    /// <summary>[units, channels / 4, channels, 7, 4].</summary>
    public float* Plain;
    /// <summary>[units, 10, channels / 4, channels, 4].</summary>
    public float* Values;
    /// <summary>[units, channels / 4, channels, 4].</summary>
    public float* Second;
    /// <summary>[units, 2, channels].</summary>
    public float* Biases;
    /// <summary>[channels] of the last block's second Snake; null in other blocks, as all that follow.</summary>
    public float* LastAlpha;
    /// <summary>[channels].</summary>
    public float* LastBeta;
    /// <summary>[1, channels, 7].</summary>
    public float* LastWeights;
    /// <summary>[1].</summary>
    public float* LastBias;

    /// <summary>Whether the block is the last one.</summary>
    public readonly bool IsLast => LastWeights is not null;

    /// <summary>Channels of the block's output.</summary>
    public readonly int Outputs => IsLast ? 1 : Channels;

    /// <summary>Number of the operator's inputs that are weights.</summary>
    public static int Inputs(bool isLast) => isLast ? 12 : 8;

    /// <summary>The weights of an operator.</summary>
    /// <param name="context">The call.</param>
    /// <param name="first">Index of the first one.</param>
    /// <param name="isLast">Whether the block is the last one.</param>
    public static BlockWeights Of(in KernelContext context, int first, bool isLast)
    {
        Span<long> phases = stackalloc long[5];
        context.Shape(first, phases);
        var weights = new BlockWeights
        {
            InputChannels = (int)phases[2],
            Channels = (int)phases[1] * Convolution.Outputs,
            Stride = (int)phases[0],
            Transposed = context.Input<float>(first),
            TransposedBias = context.Input<float>(first + 1),
            Alphas = context.Input<float>(first + 2),
            Betas = context.Input<float>(first + 3),
            Plain = context.Input<float>(first + 4),
            Values = context.Input<float>(first + 5),
            Second = context.Input<float>(first + 6),
            Biases = context.Input<float>(first + 7),
        };
        if (!isLast) return weights;
        weights.LastAlpha = context.Input<float>(first + 8);
        weights.LastBeta = context.Input<float>(first + 9);
        weights.LastWeights = context.Input<float>(first + 10);
        weights.LastBias = context.Input<float>(first + 11);
        return weights;
    }
}
