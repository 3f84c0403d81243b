using System.Buffers;
using System.Globalization;
using System.Text;

namespace DiaOrleans.Server.Logging;

/// <summary>Text of unknown origin as a terminal or a log shows it.</summary>
internal static class LogText
{
    /// <summary>
    /// The text with characters escaped that are not shown themselves and change how others are shown: control characters, line and
    /// paragraph separators, format characters, such as those for the direction of writing, and unpaired surrogates.
    /// </summary>
    public static string Escape(string text)
    {
        var escaped = new StringWriter(CultureInfo.InvariantCulture);
        Write(text, escaped);
        return escaped.ToString();
    }

    /// <summary>Writes a text as <see cref="Escape"/> gives it.</summary>
    public static void Write(string text, TextWriter output)
    {
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            var status = Rune.DecodeFromUtf16(rest, out var rune, out var length);
            if (status != OperationStatus.Done) output.Write($"\\u{(int)rest[0]:x4}");
            else if (!IsHidden(rune)) output.Write(rest[..length]);
            else output.Write(rune.IsBmp ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}");
            rest = rest[length..];
        }
    }

    /// <summary>The first characters of a text, and the number of the others.</summary>
    /// <param name="text">The text.</param>
    /// <param name="max">Characters, in UTF-16, that are kept.</param>
    public static string Cut(string text, int max)
    {
        if (text.Length <= max) return text;
        var kept = char.IsHighSurrogate(text[max - 1]) ? max - 1 : max;
        return string.Create(CultureInfo.InvariantCulture, $"{text[..kept]}… ({text.Length - kept} more characters)");
    }

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
