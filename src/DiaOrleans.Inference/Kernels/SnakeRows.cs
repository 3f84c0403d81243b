namespace DiaOrleans.Inference.Kernels;

/// <summary>Rows of [windows, channels, time] of which <see cref="Snake"/> is computed for a part of the time axis.</summary>
internal unsafe struct SnakeRows
{
    /// <summary>[windows, channels, time].</summary>
    public float* X;
    /// <summary>Channels.</summary>
    public int Channels;
    /// <summary>Elements of a row.</summary>
    public int Time;
    /// <summary>[channels].</summary>
    public float* Alpha;
    /// <summary>[channels].</summary>
    public float* Beta;

    /// <summary>Writes <paramref name="count"/> elements of each channel, 0 where a row has none.</summary>
    /// <param name="window">The window.</param>
    /// <param name="from">The first element along time; may be negative.</param>
    /// <param name="y">[channels, count].</param>
    /// <param name="count">May reach beyond the row.</param>
    public readonly void Write(int window, int from, float* y, int count)
    {
        var before = Math.Min(Math.Max(0, -from), count);
        var there = Math.Max(0, Math.Min(count, Time - from) - before);
        for (var channel = 0; channel < Channels; channel++, y += count)
        {
            var row = X + ((long)window * Channels + channel) * Time;
            new Span<float>(y, before).Clear();
            if (there > 0) Snake.ComputeRow(row + from + before, y + before, there, Alpha[channel], Beta[channel]);
            new Span<float>(y + before + there, count - before - there).Clear();
        }
    }
}
