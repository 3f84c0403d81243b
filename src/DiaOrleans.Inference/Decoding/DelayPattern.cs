namespace DiaOrleans.Inference.Decoding;

/// <summary>
/// The delay of each channel behind the first: frame f of channel c lies in row 1 + f + delay(c), and row 0 is all BOS; docs/model.md,
/// Delay pattern.
/// </summary>
public sealed class DelayPattern
{
    private readonly int[] _delays;

    /// <summary>One delay in rows for each channel. Channel 0, which alone decides where speech ends, has none.</summary>
    /// <exception cref="ArgumentException">No channel, a negative delay, or a delayed channel 0.</exception>
    public DelayPattern(IReadOnlyList<int> delays)
    {
        if (delays.Count == 0 || delays[0] != 0 || delays.Any(delay => delay < 0))
        {
            var given = string.Join(", ", delays);
            throw new ArgumentException($"A delay pattern starts with 0 and has no negative entry; this is [{given}].", nameof(delays));
        }
        _delays = [.. delays];
        Max = _delays.Max();
    }

    /// <summary>Number of channels (codebooks).</summary>
    public int Channels => _delays.Length;

    /// <summary>The longest delay, in rows.</summary>
    public int Max { get; }

    /// <summary>Delay of one channel, in rows.</summary>
    public int this[int channel] => _delays[channel];

    /// <summary>Whether a cell is known before generation begins: it holds BOS or a code of the prompt.</summary>
    public bool IsForced(int row, int channel, int promptFrames) => row - 1 - _delays[channel] < promptFrames;

    /// <summary>The token of a forced cell.</summary>
    public short ForcedToken(int row, int channel, CodeGrid? prompt, int bos)
    {
        var frame = row - 1 - _delays[channel];
        return frame < 0 ? (short)bos : prompt![frame, channel];
    }

    /// <summary>The most new frames after a prompt in a model of <paramref name="maxRows"/> rows; 0 or less if none fits.</summary>
    public int MaxNewFrames(int promptFrames, int maxRows) => maxRows - 1 - Max - promptFrames;

    /// <summary>The codes of some frames of a token grid, [frames, channels], the delay taken out; docs/model.md, Codes to audio.</summary>
    /// <param name="grid">Rows from row 0; its last needed row is firstFrame + frames + <see cref="Max"/>.</param>
    /// <param name="firstFrame">First frame to take.</param>
    /// <param name="frames">Number of frames to take.</param>
    public CodeGrid Revert(CodeGrid grid, int firstFrame, int frames)
    {
        var codes = new CodeGrid(frames, Channels);
        for (var frame = 0; frame < frames; frame++)
        {
            for (var channel = 0; channel < Channels; channel++)
            {
                codes[frame, channel] = grid[1 + firstFrame + frame + _delays[channel], channel];
            }
        }
        return codes;
    }
}
