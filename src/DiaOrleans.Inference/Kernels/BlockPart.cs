namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// A part of what an <see cref="UpsamplingBlock"/> writes: the transposed convolution of the input around it, then the residual units, both
/// on <see cref="Lanes"/>. Elements are counted along the block's whole output.
/// </summary>
internal readonly unsafe struct BlockPart
{
    // Elements to each side that an element depends on: three taps of dilation 1, 3 and 9, and in the last block of its convolution.
    private const int Reach = 42;

    // Elements of a part that are worth those around it.
    private const int Shortest = 500;

    private readonly BlockWeights _weights;
    private readonly int _from;
    private readonly int _to;
    private readonly int _first;
    private readonly TransposedPart _transposed;
    private readonly UnitsPart _units;

    /// <param name="weights">The block's weights.</param>
    /// <param name="time">Elements of the block's input.</param>
    /// <param name="from">The first element to write.</param>
    /// <param name="to">The first one that is not to be written.</param>
    public BlockPart(in BlockWeights weights, int time, int from, int to)
    {
        _weights = weights;
        _from = from;
        _to = to;
        _first = Math.Max(from - Reach, 0);
        var last = Math.Min(to + Reach, time * weights.Stride);
        _transposed = new TransposedPart(weights, _first, last);
        _units = new UnitsPart(weights, last - _first);
    }

    /// <summary>Floats of scratch memory.</summary>
    public int Scratch => Row + _units.Floats + Math.Max(_transposed.Scratch, _units.Scratch);

    private int Row => Lanes.Whole(Math.Max(_transposed.Row, Lanes.Row(_units.Segment) + _transposed.Skip(_first)));

    /// <summary>
    /// Number of parts of an output: the one with the least work, in which segments are rounded up to tiles and each part has the elements
    /// around it.
    /// </summary>
    public static int Count(int length, int channels)
    {
        var best = 1;
        var least = long.MaxValue;
        for (var count = 1; count <= length / Shortest + 1; count++)
        {
            var segment = Lanes.Segment((length + count - 1) / count + 2 * Reach);
            var work = (long)count * UnitsPart.WholeSegment(segment);
            if (segment > UnitsPart.LongestSegment(channels) || work >= least) continue;
            best = count;
            least = work;
        }

        return best;
    }

    /// <summary>Writes the part.</summary>
    /// <param name="input">The block's input and its first Snake.</param>
    /// <param name="window">The window.</param>
    /// <param name="memory"><see cref="Scratch"/> floats from the start of a cache line on.</param>
    /// <param name="y">The first element of the first channel.</param>
    /// <param name="stride">Floats from one channel to the next.</param>
    public void Compute(in SnakeRows input, int window, float* memory, float* y, long stride)
    {
        var row = memory;
        var x = row + Row;
        var scratch = x + _units.Floats;
        _transposed.Compute(input, window, scratch);
        for (var channel = 0; channel < _weights.Channels; channel++)
        {
            _transposed.WriteRow(scratch, channel, row);
            Lanes.Enter(row + _transposed.Skip(_first), _units.Segment, _units.Segment, x + channel * _units.Stride);
        }

        for (var unit = 0; unit < BlockWeights.Units; unit++) _units.Compute(unit, x, scratch);
        if (_weights.IsLast)
        {
            Write(_units.ConvolveLast(x, scratch), row, y);
            return;
        }

        for (var channel = 0; channel < _weights.Channels; channel++) Write(x + channel * _units.Stride, row, y + channel * stride);
    }

    /// <summary>Writes the part of a channel from its vectors.</summary>
    private void Write(float* x, float* row, float* y)
    {
        var count = _to - _from;
        Lanes.Leave(x, _units.Segment, row);
        new ReadOnlySpan<float>(row + (_from - _first), count).CopyTo(new Span<float>(y, count));
    }
}
