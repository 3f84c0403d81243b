using System.Text;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// JSON has no NaN and no Infinity, yet Python and JavaScript clients send them. They are told which field holds one, instead of where parsing stopped: the words are
/// replaced by numbers that no double holds, and turned back when the input is echoed.
/// </summary>
internal static class NotANumber
{
    private static readonly (string Word, string Number)[] Words = [("-Infinity", "-1e99992"), ("Infinity", "1e99992"), ("NaN", "1e99991")];
    private static readonly (byte[] Word, byte[] Number)[] Bytes = [.. Words.Select(w => (Ascii(w.Word), Ascii(w.Number)))];

    /// <summary>The text with such words replaced, or null where there are none outside strings.</summary>
    public static byte[]? Rewrite(byte[] json)
    {
        using var result = new MemoryStream(json.Length);
        var (inString, copied) = (false, 0);
        for (var i = 0; i < json.Length; i++)
        {
            if (!inString && WordAt(json.AsSpan(i)) is { Word: not null } word)
            {
                result.Write(json, copied, i - copied);
                result.Write(word.Number);
                i += word.Word.Length - 1;
                copied = i + 1;
            }
            else if (json[i] == '"')
            {
                inString = !inString;
            }
            else if (inString && json[i] == '\\')
            {
                i++;
            }
        }

        if (copied == 0) return null;
        result.Write(json, copied, json.Length - copied);
        return result.ToArray();
    }

    /// <summary>The word that a number stands for, or the number's own digits.</summary>
    public static string Original(string number) => Words.FirstOrDefault(w => w.Number == number).Word ?? number;

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static (byte[]? Word, byte[] Number) WordAt(ReadOnlySpan<byte> json)
    {
        if (json[0] is not ((byte)'-' or (byte)'I' or (byte)'N')) return default;
        foreach (var (word, number) in Bytes)
        {
            if (json.StartsWith(word)) return (word, number);
        }

        return default;
    }
}
