using System.Text;

namespace DiaOrleans.Grains.Voices;

/// <summary>Lists of strings in messages to clients, written as Python's <c>str(list)</c> writes them in the original server.</summary>
internal static class PythonList
{
    /// <summary>Items that are shown; the count of the others follows.</summary>
    public const int MaxShown = 50;

    /// <summary>The first 50 items in brackets, each in quotes, and how many follow: <c>['a', "it's", ... and 3 more]</c>.</summary>
    /// <param name="items">The items, or the first of them.</param>
    /// <param name="further">How many items there are behind <paramref name="items"/>.</param>
    public static string Format(IReadOnlyCollection<string> items, int further = 0)
    {
        var shown = items.Take(MaxShown).Select(Quote);
        var more = items.Count + further - Math.Min(items.Count, MaxShown);
        return $"[{string.Join(", ", more == 0 ? shown : shown.Append($"... and {more} more"))}]";
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
