using System.Buffers;
using System.Globalization;
using System.Text;
using ADRaffy.ENSNormalize;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>
/// The plain form of each character: normalisation form C, no invisible characters, ASCII's spaces and punctuation, no pictographs.
/// </summary>
internal static class Characters
{
    private const string Dash = " - ";
    private const char EmDash = '\u2014';
    private const char HorizontalBar = '\u2015';

    // Below it, every character is its own normalisation form C.
    private const char FirstCombining = '\u0300';

    private static readonly SearchValues<char> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code), '\n', '\t']);

    public static string Fold(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Plain)) return text;
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (rune.Value is EmDash or HorizontalBar) AppendDash(folded);
            else if (Typography.IsBullet(rune) && IsLineStart(folded)) folded.Append("- ");
            else if (Map(rune) is { } plain) folded.Append(plain);
            else folded.Append(rune);
        }

        return Compose(folded.ToString());
    }

    /// <summary>The text in normalisation form C. .NET's own Normalize returns its argument if globalization is invariant.</summary>
    private static string Compose(string text) =>
        text.AsSpan().ContainsAnyInRange(FirstCombining, char.MaxValue) ? ENSNormalize.NF.NFC(text) : text;

    /// <summary>What stands for the character; null if it stays.</summary>
    private static string? Map(Rune rune)
    {
        if (rune.Value is '\n' or '\t') return null;
        if (rune.Value is '\u000b' or '\u000c' or '\u0085') return "\n";
        if (rune.Value < ' ' || IsInvisible(rune)) return "";
        if (Typography.ToAscii(rune) is { } ascii) return ascii;
        if (Pictographs.Contains(rune)) return " ";
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.SpaceSeparator => " ",
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => "\n",
            _ => null,
        };
    }

    /// <summary>Directions, joiners, soft hyphens, tags, variation selectors, and the frame of a keycap.</summary>
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
        || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or (>= 0x180B and <= 0x180F) or 0x20E3;

    /// <summary>A dash at the start of a line or turn opens a speech; it would be a bullet there.</summary>
    private static void AppendDash(StringBuilder folded)
    {
        if (IsLineStart(folded) || EndsWith(folded, Dash)) return;
        folded.Append(Dash);
    }

    private static bool IsLineStart(StringBuilder folded)
    {
        var end = folded.Length;
        while (end > 0 && folded[end - 1] is ' ' or '\t') end--;
        if (end == 0 || folded[end - 1] == '\n') return true;
        var tag = Math.Max(0, end - SpeakerTags.Length);
        return SpeakerTags.Is(folded.ToString(tag, end - tag));
    }

    private static bool EndsWith(StringBuilder text, string end) =>
        text.Length >= end.Length && text.ToString(text.Length - end.Length, end.Length) == end;
}
