using System.Text;

namespace DiaOrleans.Grains.Voices;

/// <summary>Strings as Python prints a list of them: the clients of the original show it to people.</summary>
internal static class PythonList
{
    /// <summary>Items that are shown; of more it is said how many.</summary>
    private const int MaxShown = 50;

    public static string Of(IReadOnlyCollection<string> items)
    {
        var shown = items.Take(MaxShown).Select(Quote);
        return $"[{string.Join(", ", items.Count <= MaxShown ? shown : shown.Append($"... and {items.Count - MaxShown} more"))}]";
    }

    private static string Quote(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var result = new StringBuilder().Append(quote);
        foreach (var c in text)
        {
            if (c == quote || c == '\\') result.Append('\\');
            result.Append(c);
        }

        return result.Append(quote).ToString();
    }
}
