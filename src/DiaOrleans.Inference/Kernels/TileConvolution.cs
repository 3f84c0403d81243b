using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// snake(conv₇(x)) of rows on <see cref="Lanes"/> by <see cref="FastKernel"/>. The outputs of a tile are a dilation apart: a group of as
/// many tiles as the dilation has elements is without gaps.
/// </summary>
/// <param name="channels">Channels of input and output.</param>
/// <param name="segment">Vectors of a row.</param>
/// <param name="dilation">Vectors from one tap to the next.</param>
internal readonly unsafe struct TileConvolution(int channels, int segment, int dilation)
{
    // What the values and the outputs of a tile cost in each channel, in multiplications of vectors.
    private const int TileCost = 90;

    private const int Row = FastKernel.Tiles * Lanes.Count;

    private readonly int _groups = (segment + FastKernel.Outputs * dilation - 1) / (FastKernel.Outputs * dilation);

    /// <summary>Vectors that are written: those of the row, and at most four dilations less one more.</summary>
    public int Written => _groups * FastKernel.Outputs * dilation;

    /// <summary>Whether it is less work than the plain sum.</summary>
    public bool IsFast =>
        (long)Convolution.Whole(_groups * dilation) * (FastKernel.Points * channels + TileCost)
        < (long)Convolution.Whole(segment) * FastKernel.Taps * channels;

    // From one point to the next.
    private int Stride => PointStride(channels);

    /// <summary>Floats of scratch memory.</summary>
    public static int Scratch(int channels) => 2 * FastKernel.Points * PointStride(channels) + channels;

    /// <summary>Writes the output.</summary>
    /// <param name="work">What is read and written.</param>
    /// <param name="memory"><see cref="Scratch"/> floats.</param>
    public void Compute(in TileWork work, float* memory)
    {
        var values = memory;
        var products = values + FastKernel.Points * Stride;
        var zeros = products + FastKernel.Points * Stride;
        new Span<float>(zeros, channels).Clear();
        var product = new ConvolutionWork
        {
            XStride = Row,
            Inputs = channels,
            Bias = zeros,
            Taps = 1,
            YStride = Row,
            YStep = Lanes.Count,
            Outputs = channels,
        };
        var starts = stackalloc long[FastKernel.Tiles];
        var first = 0;
        for (var left = Convolution.Whole(_groups * dilation); left > 0;)
        {
            var tiles = Convolution.Next(left);
            for (var tile = 0; tile < tiles; tile++) starts[tile] = Start(first + tile);
            WriteValues(work, starts, tiles, values);
            for (var point = 0; point < FastKernel.Points; point++)
            {
                product.X = values + point * Stride;
                product.Y = products + point * Stride;
                product.Weights = work.Values + (long)point * channels * channels;
                Convolution.Compute(product, tiles);
            }

            for (var channel = 0; channel < channels; channel++) WriteOutputs(work, channel, starts, tiles, products + channel * Row);
            first += tiles;
            left -= tiles;
        }
    }

    private static int PointStride(int channels) => Lanes.Stride(channels * FastKernel.Tiles);

    /// <summary>Floats before the first output of a tile; tiles beyond the last one are the last one again.</summary>
    private long Start(int tile)
    {
        var number = Math.Min(tile, _groups * dilation - 1);
        return (number / dilation * FastKernel.Outputs * dilation + number % dilation) * Lanes.Count;
    }

    private void WriteValues(in TileWork work, long* starts, int tiles, float* values)
    {
        var step = (long)dilation * Lanes.Count;
        for (var channel = 0; channel < channels; channel++)
        {
            var x = work.X + channel * work.XStride - FastKernel.Taps / 2 * step;
            for (var tile = 0; tile < tiles; tile++)
                FastKernel.WriteValues(x + starts[tile], step, values + channel * Row + tile * Lanes.Count, Stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteOutputs(in TileWork work, int channel, long* starts, int tiles, float* products)
    {
        var step = (long)dilation * Lanes.Count;
        var frequency = work.Alpha[channel] / MathF.PI;
        var beta = work.Beta[channel];
        var bias = Vector512.Create(work.Bias[channel]);
        for (var tile = 0; tile < tiles; tile++)
        {
            FastKernel.WriteOutputs(products + tile * Lanes.Count, Stride, out var y0, out var y1, out var y2, out var y3);
            var y = work.Y + channel * work.YStride + starts[tile];
            Snake.Compute(y0 + bias, frequency, beta).Store(y);
            Snake.Compute(y1 + bias, frequency, beta).Store(y + step);
            Snake.Compute(y2 + bias, frequency, beta).Store(y + 2 * step);
            Snake.Compute(y3 + bias, frequency, beta).Store(y + 3 * step);
        }
    }
}

/// <summary>What a <see cref="TileConvolution"/> reads and writes.</summary>
internal unsafe struct TileWork
{
    /// <summary>
    /// The first vector of the first row; three dilations before it and behind what is written are read, too.
    /// </summary>
    public float* X;
    /// <summary>Floats from one row of the input to the next.</summary>
    public long XStride;
    /// <summary>[10, channels / 4, channels, 4].</summary>
    public float* Values;
    /// <summary>[channels].</summary>
    public float* Bias;
    /// <summary>[channels], of the Snake.</summary>
    public float* Alpha;
    /// <summary>[channels].</summary>
    public float* Beta;
    /// <summary>The first vector of the first row of the output.</summary>
    public float* Y;
    /// <summary>Floats from one row of the output to the next.</summary>
    public long YStride;
}
