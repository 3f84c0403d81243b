namespace DiaOrleans.Inference.Decoding;

/// <summary>Codec codes or model tokens, [rows, channels], row-major. A row of codes is a frame.</summary>
public sealed class CodeGrid
{
    private readonly short[] _cells;

    /// <summary>Wraps <paramref name="cells"/>, whose length must be a multiple of <paramref name="channels"/>.</summary>
    public CodeGrid(short[] cells, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (cells.Length % channels != 0)
            throw new ArgumentException($"{cells.Length} cells are not a whole number of rows of {channels}.", nameof(cells));
        _cells = cells;
        Channels = channels;
    }

    /// <summary>A grid of zeros.</summary>
    public CodeGrid(int rows, int channels) : this(new short[rows * channels], channels)
    {
    }

    /// <summary>Number of rows.</summary>
    public int Rows => _cells.Length / Channels;

    /// <summary>Number of channels (codebooks).</summary>
    public int Channels { get; }

    /// <summary>All cells, row-major.</summary>
    public ReadOnlySpan<short> Cells => _cells;

    /// <summary>One cell.</summary>
    public short this[int row, int channel]
    {
        get => _cells[row * Channels + channel];
        set => _cells[row * Channels + channel] = value;
    }

    /// <summary>One row.</summary>
    public Span<short> Row(int row) => _cells.AsSpan(row * Channels, Channels);

    /// <summary>The rows of <paramref name="first"/> and those of <paramref name="second"/>, which has the same channels.</summary>
    public static CodeGrid Join(CodeGrid first, CodeGrid second)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(second.Channels, first.Channels);
        return new CodeGrid([.. first._cells, .. second._cells], first.Channels);
    }

    /// <summary>The first cell that is not 0 to <paramref name="size"/> - 1; null if there is none.</summary>
    public short? FindOutside(int size)
    {
        var index = Cells.IndexOfAnyExceptInRange((short)0, (short)(size - 1));
        return index < 0 ? null : _cells[index];
    }

    /// <summary>A copy of rows <paramref name="start"/> up to <paramref name="end"/>.</summary>
    public CodeGrid Slice(int start, int end) => new(_cells[(start * Channels)..(end * Channels)], Channels);
}
