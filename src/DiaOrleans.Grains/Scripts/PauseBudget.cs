using System.Globalization;
using DiaOrleans.Grains.Scripts.Cleaning;

namespace DiaOrleans.Grains.Scripts;

/// <summary>Reads the lengths of a text's pauses, which are limited each and in all; docs/api.md, Texts.</summary>
internal sealed class PauseBudget
{
    private const double MaxSeconds = 10;
    private const double MaxSecondsInAll = 60;

    private double _seconds;

    /// <summary>The length of a pause.</summary>
    /// <param name="mark">Such as <c>[pause:1.5s]</c> or <c>[pause:500ms]</c>; a number alone is seconds.</param>
    /// <exception cref="ScriptException">It is no length, or too long.</exception>
    public TimeSpan Take(ReadOnlySpan<char> mark)
    {
        if (ReadSeconds(PauseMarks.ReadLength(mark)) is not { } seconds)
            throw new ScriptException($"Pause '{mark}' has no length: write [pause:1s] or [pause:500ms]");
        if (seconds > MaxSeconds) throw new ScriptException($"Pause '{mark}' is too long: a pause is 10 s at most");
        _seconds += seconds;
        if (_seconds > MaxSecondsInAll) throw new ScriptException("Too many pauses: a text has 60 s of them at most");
        return TimeSpan.FromSeconds(seconds);
    }

    private static double? ReadSeconds(ReadOnlySpan<char> length)
    {
        var unit = 1.0;
        if (length.EndsWith("ms", StringComparison.OrdinalIgnoreCase))
        {
            unit = 0.001;
            length = length[..^2];
        }
        else if (length.EndsWith("s", StringComparison.OrdinalIgnoreCase))
        {
            length = length[..^1];
        }

        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite;
        return double.TryParse(length, Style, CultureInfo.InvariantCulture, out var value) ? value * unit : null;
    }
}
