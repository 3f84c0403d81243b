using System.Globalization;
using System.Text;
using Markdig.Helpers;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>Decodes HTML's character references that end in a semicolon, also those that were encoded several times.</summary>
internal static class Entities
{
    // "&CounterClockwiseContourIntegral;"
    private const int LongestReference = 33;
    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    public static string Decode(string text)
    {
        if (!text.Contains('&') || !text.Contains(';')) return text;
        var decoded = new StringBuilder(text.Length);
        foreach (var unit in text) Append(decoded, unit);
        return decoded.ToString();
    }

    /// <summary>Appends a character. A semicolon may complete a reference, whose character may complete the next one.</summary>
    private static void Append(StringBuilder output, char unit)
    {
        output.Append(unit);
        if (unit != ';' || FindReference(output) is not { } start) return;
        if (Resolve(output.ToString(start + 1, output.Length - start - 2)) is not { } character) return;
        output.Length = start;
        foreach (var part in character) Append(output, part);
    }

    /// <summary>Position of the ampersand before a name or number that ends in the last character; null if there is none.</summary>
    private static int? FindReference(StringBuilder output)
    {
        for (var i = output.Length - 2; i >= Math.Max(0, output.Length - LongestReference); i--)
        {
            if (output[i] == '&') return i;
            if (!char.IsAsciiLetterOrDigit(output[i]) && output[i] != '#') return null;
        }

        return null;
    }

    private static string? Resolve(string name)
    {
        if (!name.StartsWith('#')) return EntityHelper.DecodeEntity(name);
        var isHex = name.Length > 1 && name[1] is 'x' or 'X';
        var digits = name.AsSpan(isHex ? 2 : 1);
        var style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (!int.TryParse(digits, style, CultureInfo.InvariantCulture, out var code)) return null;
        // HTML reads the C1 controls as characters of Windows-1252: https://html.spec.whatwg.org/#numeric-character-reference-end-state
        return code is >= 0x80 and < 0xA0 ? Windows1252.GetString([(byte)code]) : EntityHelper.DecodeEntity(code);
    }
}
