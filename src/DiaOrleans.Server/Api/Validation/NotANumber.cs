using System.Text;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// JSON has no NaN and no Infinity, yet Python and JavaScript clients send them. They are told which field holds one, instead of where parsing stopped: the words are
/// replaced by numbers that no double holds, and turned back when the input is echoed.
/// </summary>
internal static class NotANumber
{
    private static readonly (string Word, string Number)[] Words = [("-Infinity", "-1e99992"), ("Infinity", "1e99992"), ("NaN", "1e99991")];

    /// <summary>The text with such words replaced, or null where there are none outside strings.</summary>
    public static byte[]? Rewrite(byte[] json)
    {
        var text = Encoding.Latin1.GetString(json);
        var result = new StringBuilder(text.Length);
        var (inString, found) = (false, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (!inString && Words.FirstOrDefault(w => string.CompareOrdinal(text, i, w.Word, 0, w.Word.Length) == 0) is { Word: not null } word)
            {
                result.Append(word.Number);
                i += word.Word.Length - 1;
                found = true;
                continue;
            }

            if (text[i] == '"') inString = !inString;
            if (inString && text[i] == '\\' && i + 1 < text.Length) result.Append(text[i++]);
            result.Append(text[i]);
        }

        return found ? Encoding.Latin1.GetBytes(result.ToString()) : null;
    }

    /// <summary>The word that a number stands for, or the number's own digits.</summary>
    public static string Original(string number) => Words.FirstOrDefault(w => w.Number == number).Word ?? number;
}
