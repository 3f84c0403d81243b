namespace DiaOrleans.Inference.Decoding;

/// <summary>Rows that each channel lags: frame f of channel c lies at row 1 + f + d[c]; spec/model.md 4.1.</summary>
public sealed class DelayPattern
{
    private readonly int[] _delays;

    /// <summary>One delay a channel, none negative.</summary>
    public DelayPattern(IReadOnlyList<int> delays)
    {
        if (delays.Count == 0 || delays.Any(d => d < 0)) throw new ArgumentException("A delay pattern has a delay of 0 or more for each channel.", nameof(delays));
        _delays = [.. delays];
        Max = _delays.Max();
    }

    /// <summary>Number of channels.</summary>
    public int Channels => _delays.Length;

    /// <summary>The longest delay.</summary>
    public int Max { get; }

    /// <summary>One channel's delay.</summary>
    public int this[int channel] => _delays[channel];

    /// <summary>The frame whose code a cell holds; negative before the first.</summary>
    public int FrameAt(int row, int channel) => row - 1 - _delays[channel];

    /// <summary>Frames of <paramref name="rows"/> behind the first <paramref name="skip"/>, the delay taken back.</summary>
    public CodeGrid Revert(CodeGrid rows, int skip, int frames)
    {
        var codes = new CodeGrid(frames, Channels);
        for (var frame = 0; frame < frames; frame++)
        {
            for (var channel = 0; channel < Channels; channel++) codes[frame, channel] = rows[1 + skip + frame + _delays[channel], channel];
        }

        return codes;
    }
}
