using System.Text;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// Finds NaN and Infinity in JSON. The standard has neither, but Python and JavaScript clients send them, and should learn which field
/// holds one. Each is replaced by a number that is out of double's range, and restored when the input is echoed.
/// </summary>
internal static class NonFiniteNumbers
{
    private static readonly (string Word, string Number)[] Words = [("-Infinity", "-1e99992"), ("Infinity", "1e99992"), ("NaN", "1e99991")];
    private static readonly (byte[] Word, byte[] Number)[] Bytes = [.. Words.Select(w => (ToAscii(w.Word), ToAscii(w.Number)))];

    /// <summary>The JSON with the words replaced, or null if there are none outside strings.</summary>
    public static byte[]? Replace(byte[] json)
    {
        using var result = new MemoryStream(json.Length);
        var inString = false;
        var copied = 0;
        for (var i = 0; i < json.Length; i++)
        {
            if (!inString && FindWord(json.AsSpan(i)) is { Word: not null } word)
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

    /// <summary>The word that was replaced by this number, or the number itself.</summary>
    public static string Restore(string number) => Words.FirstOrDefault(w => w.Number == number).Word ?? number;

    private static byte[] ToAscii(string text) => Encoding.ASCII.GetBytes(text);

    private static (byte[]? Word, byte[] Number) FindWord(ReadOnlySpan<byte> json)
    {
        if (json[0] is not ((byte)'-' or (byte)'I' or (byte)'N')) return default;
        foreach (var (word, number) in Bytes)
        {
            if (json.StartsWith(word)) return (word, number);
        }

        return default;
    }
}
