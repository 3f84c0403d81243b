using System.Text;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Scripts;

/// <summary>Text of one speaker without tags, with its number of UTF-8 bytes.</summary>
internal readonly record struct TextPiece(string Text, int Bytes);

/// <summary>
/// Cuts one speaker's text into pieces that are short enough: sentences; clauses of a long sentence; words of a long clause; characters
/// of a long word. A non-verbal such as <c>(laughs)</c> is never cut at its spaces.
/// </summary>
internal static class SentencePieces
{
    private const int LongestNonVerbal = 40;
    private static readonly string[] Abbreviations =
        ["Mr.", "Mrs.", "Ms.", "Dr.", "Prof.", "St.", "Jr.", "Sr.", "vs.", "etc.", "e.g.", "i.e.", "No."];

    private static readonly Func<string, int, bool>[] Cuts = [EndsSentence, EndsClause, (_, _) => true];

    /// <summary>The text, or its pieces in order; joined by spaces they are the text again, except for pieces of one long word.</summary>
    public static IEnumerable<TextPiece> Cut(string text, int maxBytes) => Cut(text, maxBytes, 0);

    private static IEnumerable<TextPiece> Cut(string text, int maxBytes, int level)
    {
        var bytes = TextIds.OwnTextBytes(text);
        if (bytes <= maxBytes) return [new TextPiece(text, bytes)];
        return level < Cuts.Length
            ? CutAtSpaces(text, Cuts[level]).SelectMany(part => Cut(part, maxBytes, level + 1))
            : CutAnywhere(text, maxBytes);
    }

    /// <summary>
    /// Parts between those spaces at which <paramref name="cut"/> allows it; its arguments are the text and the position of the space.
    /// </summary>
    private static IEnumerable<string> CutAtSpaces(string text, Func<string, int, bool> cut)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(' && NonVerbalEnd(text, i) is { } end) i = end;
            else if (text[i] == ' ' && cut(text, i))
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    private static int? NonVerbalEnd(string text, int open)
    {
        var close = text.IndexOf(')', open);
        return close > 0 && close - open <= LongestNonVerbal && text.IndexOf('(', open + 1, close - open - 1) < 0 ? close : null;
    }

    private static bool EndsSentence(string text, int space)
    {
        var end = space;
        while (end > 0 && text[end - 1] is '"' or '\'' or ')' or ']' or '\u201d' or '\u2019') end--;
        if (end == 0 || text[end - 1] is not ('.' or '!' or '?' or '\u2026')) return false;
        return text[end - 1] != '.' || !Array.Exists(Abbreviations, abbreviation => text.AsSpan(0, end).EndsWith(abbreviation));
    }

    private static bool EndsClause(string text, int space) =>
        space > 0 && text[space - 1] is ',' or ';' or ':' or '\u2014' or '\u2013' or '-';

    private static IEnumerable<TextPiece> CutAnywhere(string word, int maxBytes)
    {
        var part = new StringBuilder();
        var bytes = 0;
        foreach (var rune in word.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > maxBytes)
            {
                yield return new TextPiece(part.ToString(), bytes);
                part.Clear();
                bytes = 0;
            }

            part.Append(rune);
            bytes += rune.Utf8SequenceLength;
        }

        yield return new TextPiece(part.ToString(), bytes);
    }
}
