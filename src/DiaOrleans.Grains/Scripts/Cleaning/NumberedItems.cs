using System.Globalization;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>
/// Items of a numbered list: at least two lines whose numbers, of up to three digits, count up by one or stay the same. A single line
/// that begins with a number, such as "12. Was that all?", is a sentence.
/// </summary>
internal static class NumberedItems
{
    private const int MostDigits = 3;

    /// <summary>The positions of the lines that are items.</summary>
    public static HashSet<int> Find(IReadOnlyList<string> lines)
    {
        var items = new HashSet<int>();
        (int Line, int Number) last = (-1, int.MinValue);
        for (var i = 0; i < lines.Count; i++)
        {
            if (ReadNumber(lines[i]) is not { } number) continue;
            if (last.Line >= 0 && number - last.Number is 0 or 1)
            {
                items.Add(last.Line);
                items.Add(i);
            }

            last = (i, number);
        }

        return items;
    }

    private static int? ReadNumber(string line)
    {
        var rest = line.AsSpan().TrimStart();
        var digits = 0;
        while (digits < rest.Length && char.IsAsciiDigit(rest[digits])) digits++;
        if (digits is 0 or > MostDigits || rest[digits..] is not ['.' or ')', ' ' or '\t', ..]) return null;
        return int.Parse(rest[..digits], CultureInfo.InvariantCulture);
    }
}
