namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// The Snake and the transposed convolution of an <see cref="UpsamplingBlock"/> for a part of the output. Output q * stride + r - pad is
/// x[q] times element r of the kernel plus x[q - 1] times element r + stride: a phase r is a convolution of two taps.
/// </summary>
internal readonly unsafe struct TransposedPart
{
    private const int Taps = 2;

    private readonly BlockWeights _weights;
    private readonly int _first;
    private readonly int _segment;
    private readonly int _start;

    /// <param name="weights">The block's weights.</param>
    /// <param name="from">The first element of the output.</param>
    /// <param name="to">The first one behind it.</param>
    public TransposedPart(in BlockWeights weights, int from, int to)
    {
        _weights = weights;
        var pad = (weights.Stride + 1) / 2;
        _first = (from + pad) / weights.Stride;
        _segment = Lanes.Segment((to - 1 + pad) / weights.Stride + 1 - _first);
        _start = _first * weights.Stride - pad;
    }

    /// <summary>Floats of scratch memory, the output included.</summary>
    public int Scratch => _weights.Channels * OutputStride + _weights.InputChannels * (InputStride + InputRow);

    /// <summary>Floats that a row of the output needs.</summary>
    public int Row => Lanes.Row(_segment * _weights.Stride);

    // The input that is before the first one, and what the convolution reads behind the last one.
    private int InputVectors => Convolution.Whole(_segment) + 1;

    private int InputStride => Lanes.Stride(Lanes.Whole(InputVectors));

    private int InputRow => Lanes.Row(_segment) + Lanes.Whole(InputVectors);

    private int OutputStride => Lanes.Stride(Lanes.Whole(Convolution.Whole(_segment) * _weights.Stride));

    /// <summary>Elements of a row before an element of the output.</summary>
    public int Skip(int element) => element - _start;

    /// <summary>Writes the output to the start of the scratch memory.</summary>
    public void Compute(in SnakeRows input, int window, float* memory)
    {
        var x = memory + _weights.Channels * OutputStride;
        var rows = x + _weights.InputChannels * InputStride;
        input.Write(window, _first - 1, rows, InputRow);
        for (var channel = 0; channel < _weights.InputChannels; channel++)
            Lanes.Enter(rows + channel * InputRow, _segment, InputVectors, x + channel * InputStride);

        var work = new ConvolutionWork
        {
            X = x,
            XStride = InputStride,
            Inputs = _weights.InputChannels,
            Bias = _weights.TransposedBias,
            Taps = Taps,
            Dilation = Lanes.Count,
            YStride = OutputStride,
            YStep = _weights.Stride * Lanes.Count,
            Outputs = _weights.Channels,
        };
        for (var phase = 0; phase < _weights.Stride; phase++)
        {
            work.Weights = _weights.Transposed + (long)phase * _weights.Channels * _weights.InputChannels * Taps;
            work.Y = memory + phase * Lanes.Count;
            Convolution.Compute(work, Convolution.Whole(_segment));
        }
    }

    /// <summary>Writes the elements of a channel of the output.</summary>
    public void WriteRow(float* memory, int channel, float* row) =>
        Lanes.Leave(memory + channel * OutputStride, _segment * _weights.Stride, row);
}
