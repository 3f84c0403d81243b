using System.Text;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>Removes the ticks around code: two runs of the same length, the first not inside a word, where it is an apostrophe.</summary>
internal static class CodeTicks
{
    private const char Tick = '`';

    public static string Strip(string block)
    {
        if (!block.Contains(Tick)) return block;
        var runs = FindRuns(block);
        var next = FindNext(runs);
        var stripped = new StringBuilder(block.Length);
        var at = 0;
        for (var i = 0; i < runs.Count; i++)
        {
            if (next[i] < 0 || (runs[i].Start > 0 && char.IsLetterOrDigit(block[runs[i].Start - 1]))) continue;
            var open = runs[i];
            var close = runs[next[i]];
            var code = open.Start + open.Length;
            stripped.Append(block, at, open.Start - at).Append(block, code, close.Start - code);
            at = close.Start + close.Length;
            i = next[i];
        }

        return stripped.Append(block, at, block.Length - at).ToString();
    }

    private static List<(int Start, int Length)> FindRuns(string block)
    {
        var runs = new List<(int Start, int Length)>();
        for (var i = block.IndexOf(Tick); i >= 0; i = block.IndexOf(Tick, i))
        {
            var end = i;
            while (end < block.Length && block[end] == Tick) end++;
            runs.Add((i, end - i));
            i = end;
        }

        return runs;
    }

    /// <summary>For each run the next one of its length; -1 if there is none.</summary>
    private static int[] FindNext(List<(int Start, int Length)> runs)
    {
        var next = new int[runs.Count];
        var seen = new Dictionary<int, int>();
        for (var i = runs.Count - 1; i >= 0; i--)
        {
            next[i] = seen.GetValueOrDefault(runs[i].Length, -1);
            seen[runs[i].Length] = i;
        }

        return next;
    }
}
