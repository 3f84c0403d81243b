using System.Text;

namespace DiaOrleans.Grains.Voices;

/// <summary>Lists of strings in messages to clients, written as Python's <c>str(list)</c> writes them in the original server.</summary>
internal static class PythonList
{
    /// <summary>The items in brackets, each in quotes: <c>['a', "it's"]</c>.</summary>
    public static string Format(IEnumerable<string> items) => $"[{string.Join(", ", items.Select(Quote))}]";

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
