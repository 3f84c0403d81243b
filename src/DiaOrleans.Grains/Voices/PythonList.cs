using System.Text;

namespace DiaOrleans.Grains.Voices;

/// <summary>Strings as Python prints a list of them: the clients of the original show it to people.</summary>
internal static class PythonList
{
    public static string Of(IEnumerable<string> items) => $"[{string.Join(", ", items.Select(Quote))}]";

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
