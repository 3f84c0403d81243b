namespace DiaOrleans.Inference.Kernels;

/// <summary>The residual units of an <see cref="UpsamplingBlock"/> for a part of the time axis, on <see cref="Lanes"/>, in place.</summary>
internal readonly unsafe struct UnitsPart
{
    private const int Radius = 3;
    private const int LargestDilation = 9;
    private const int MostBefore = Radius * LargestDilation;

    // A last group of tiles may reach a dilation's outputs beyond the segment, and its inputs three taps further.
    private const int MostBehind = (FastKernel.Outputs + Radius) * LargestDilation;

    // Floats of a part of which two others of its kind fit a core's second cache with it, or the third one.
    private const int CacheFloats = 120_000;

    // Shorter parts would spend more on the elements around them than on memory.
    private const int LongSegment = 144;

    private readonly BlockWeights _weights;
    private readonly int _length;

    /// <param name="weights">The block's weights.</param>
    /// <param name="length">Elements of the part; 0 is before and behind it.</param>
    public UnitsPart(in BlockWeights weights, int length)
    {
        _weights = weights;
        _length = length;
        Segment = Lanes.Segment(length);
    }

    /// <summary>Elements of a segment.</summary>
    public int Segment { get; }

    /// <summary>Floats of a channel.</summary>
    public int Stride => Lanes.Stride(Lanes.Whole(Segment));

    /// <summary>Floats of all channels.</summary>
    public int Floats => _weights.Channels * Stride;

    /// <summary>Floats of scratch memory.</summary>
    public int Scratch =>
        _weights.Channels * (ActivatedStride + MiddleStride) + TileConvolution.Scratch(_weights.Channels);

    private int ActivatedStride => Lanes.Stride(MostBefore + Segment + MostBehind + 3);

    private int MiddleStride => Lanes.Stride(Segment + FastKernel.Outputs * LargestDilation);

    /// <summary>x + conv₁(snake(conv₇(snake(x)))).</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="x">[channels, <see cref="Stride"/>].</param>
    /// <param name="scratch"><see cref="Scratch"/> floats.</param>
    public void Compute(int unit, float* x, float* scratch)
    {
        var channels = _weights.Channels;
        var middle = scratch + channels * ActivatedStride;
        ConvolveSeven(unit, x, scratch, middle);
        Convolution.Compute(
            new ConvolutionWork
            {
                X = middle,
                XStride = MiddleStride,
                Inputs = channels,
                Weights = _weights.Second + (long)unit * channels * channels,
                Bias = _weights.Biases + (2 * unit + 1) * channels,
                Taps = 1,
                Y = x,
                YStride = Stride,
                YStep = Lanes.Count,
                Adds = true,
                Outputs = channels,
            },
            Convolution.Whole(Segment));
    }

    /// <summary>conv₇(snake(x)) of the last block, to one channel; its vectors are in the scratch memory.</summary>
    public float* ConvolveLast(float* x, float* scratch)
    {
        var y = scratch + _weights.Channels * ActivatedStride;
        Activate(_weights.LastAlpha, _weights.LastBeta, dilation: 1, x, scratch);
        var first = scratch + (MostBefore - Radius) * Lanes.Count;
        for (var s = 0; s < Segment; s += Convolution.LongVectors)
        {
            Convolution.ComputeOne(
                first + s * Lanes.Count,
                ActivatedStride,
                _weights.Channels,
                _weights.LastWeights,
                FastKernel.Taps,
                *_weights.LastBias,
                y + s * Lanes.Count);
        }

        return y;
    }

    /// <summary>The longest segment that a part should have.</summary>
    public static int LongestSegment(int channels) => Math.Max(CacheFloats / channels / Lanes.Count, LongSegment);

    /// <summary>Elements of a segment that are computed, tiles of the largest dilation being whole.</summary>
    public static int WholeSegment(int segment)
    {
        const int Largest = FastKernel.Outputs * LargestDilation;
        return (segment + Largest - 1) / Largest * Largest;
    }

    /// <summary>snake(conv₇(snake(x))) of a unit.</summary>
    private void ConvolveSeven(int unit, float* x, float* activated, float* middle)
    {
        var dilation = unit switch { 0 => 1, 1 => 3, _ => LargestDilation };
        var channels = _weights.Channels;
        var outer = 2 * unit * channels;
        var inner = outer + channels;
        var tiles = new TileConvolution(channels, Segment, dilation);
        Activate(_weights.Alphas + outer, _weights.Betas + outer, dilation, x, activated);
        if (!tiles.IsFast)
        {
            Convolve(unit, dilation, activated, middle);
            return;
        }

        tiles.Compute(
            new TileWork
            {
                X = activated + MostBefore * Lanes.Count,
                XStride = ActivatedStride,
                Values = _weights.Values + (long)unit * FastKernel.Points * channels * channels,
                Bias = _weights.Biases + outer,
                Alpha = _weights.Alphas + inner,
                Beta = _weights.Betas + inner,
                Y = middle,
                YStride = MiddleStride,
            },
            middle + channels * MiddleStride);
    }

    /// <summary>snake(x) with what a convolution of this dilation reads before it and behind it.</summary>
    private void Activate(float* alphas, float* betas, int dilation, float* x, float* activated)
    {
        var written = new TileConvolution(_weights.Channels, Segment, dilation).Written;
        var behind = Math.Max(written, Convolution.Whole(Segment)) + Radius * dilation - Segment;
        for (var channel = 0; channel < _weights.Channels; channel++)
        {
            var y = activated + channel * ActivatedStride + MostBefore * Lanes.Count;
            Snake.ComputeRow(x + channel * Stride, y, Segment * Lanes.Count, alphas[channel], betas[channel]);
            for (var i = _length; i < Segment * Lanes.Count; i++) y[i % Segment * Lanes.Count + i / Segment] = 0;
            Lanes.WriteBeside(y, Segment, Radius * dilation, behind);
        }
    }

    private void Convolve(int unit, int dilation, float* activated, float* middle)
    {
        var channels = _weights.Channels;
        Convolution.Compute(
            new ConvolutionWork
            {
                X = activated + (MostBefore - Radius * dilation) * Lanes.Count,
                XStride = ActivatedStride,
                Inputs = channels,
                Weights = _weights.Plain + (long)unit * channels * channels * FastKernel.Taps,
                Bias = _weights.Biases + 2 * unit * channels,
                Taps = FastKernel.Taps,
                Dilation = dilation * Lanes.Count,
                Y = middle,
                YStride = MiddleStride,
                YStep = Lanes.Count,
                Outputs = channels,
            },
            Convolution.Whole(Segment));
        var snake = (2 * unit + 1) * channels;
        for (var channel = 0; channel < channels; channel++)
        {
            var row = middle + channel * MiddleStride;
            Snake.ComputeRow(row, row, Segment * Lanes.Count, _weights.Alphas[snake + channel], _weights.Betas[snake + channel]);
        }
    }
}
