using System.Globalization;
using System.Text;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>What of a text is spoken.</summary>
internal static class Speakable
{
    /// <summary>Whether the text has a letter or digit besides its speaker tags.</summary>
    public static bool HasWords(string text)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (SpeakerTags.StartsWith(rest))
            {
                rest = rest[SpeakerTags.Length..];
                continue;
            }

            Rune.DecodeFromUtf16(rest, out var rune, out var consumed);
            if (IsLetterOrNumber(rune)) return true;
            rest = rest[consumed..];
        }

        return false;
    }

    private static bool IsLetterOrNumber(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
