using System.Text;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Scripts;

/// <summary>Text of one speaker without tags.</summary>
/// <param name="Text">The text.</param>
/// <param name="Bytes">Its UTF-8 bytes.</param>
/// <param name="Start">What it is cut from the piece before it.</param>
internal readonly record struct TextPiece(string Text, int Bytes, CutKind Start);

/// <summary>Where a script is cut, the best place first.</summary>
internal enum CutKind
{
    /// <summary>Another speaker begins, or a pause.</summary>
    Turn,

    /// <summary>A paragraph begins.</summary>
    Paragraph,

    /// <summary>A sentence begins.</summary>
    Sentence,

    /// <summary>A clause begins.</summary>
    Clause,

    /// <summary>A word begins.</summary>
    Word,

    /// <summary>Inside a long word.</summary>
    Character,
}

/// <summary>
/// Cuts one speaker's text into pieces that are short enough: sentences; clauses of a long sentence; words of a long clause; characters
/// of a long word. A non-verbal such as <c>(laughs)</c> is never cut at its spaces.
/// </summary>
internal static class SentencePieces
{
    private const int LongestNonVerbal = 40;
    private const string ClosingQuotes = "\"')]\u201d\u2019";
    private const string OpeningQuotes = "\"'\u201c\u2018";

    private static readonly (CutKind Kind, Func<string, int, bool> IsAt)[] Cuts =
        [(CutKind.Sentence, EndsSentence), (CutKind.Clause, EndsClause), (CutKind.Word, (_, _) => true)];

    /// <summary>The text, or its pieces in order; joined by spaces they are the text again, except for pieces of one long word.</summary>
    public static IEnumerable<TextPiece> Cut(string text, int maxBytes, CutKind start) => Cut(text, maxBytes, start, 0);

    private static IEnumerable<TextPiece> Cut(string text, int maxBytes, CutKind start, int level)
    {
        var bytes = TextIds.OwnTextBytes(text);
        if (bytes <= maxBytes) return [new TextPiece(text, bytes, start)];
        if (level == Cuts.Length) return CutAnywhere(text, maxBytes, start);
        var (kind, isAt) = Cuts[level];
        return CutAtSpaces(text, isAt).SelectMany((part, i) => Cut(part, maxBytes, i == 0 ? start : kind, level + 1));
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

    /// <summary>
    /// Whether a sentence ends before a space. None does after an abbreviation or an initial, or at a full stop before a digit or a word
    /// in lower case; docs/api.md, Long and short texts.
    /// </summary>
    private static bool EndsSentence(string text, int space)
    {
        var before = text.AsSpan(0, space).TrimEnd(ClosingQuotes);
        if (before is not [.., '.' or '!' or '?' or '\u2026']) return false;
        var next = text.AsSpan(space + 1).TrimStart(OpeningQuotes);
        var goesOn = next.Length > 0 && char.IsLower(next[0]);
        // "Stop!" she said.
        if (before[^1] != '.') return !goesOn || before.Length == space;
        if (goesOn || (next.Length > 0 && char.IsDigit(next[0]))) return false;
        return !Abbreviations.Contains(before[(before.LastIndexOf(' ') + 1)..]);
    }

    private static bool EndsClause(string text, int space) =>
        space > 0 && text[space - 1] is ',' or ';' or ':' or '\u2014' or '\u2013' or '-';

    private static IEnumerable<TextPiece> CutAnywhere(string word, int maxBytes, CutKind start)
    {
        var part = new StringBuilder();
        var bytes = 0;
        foreach (var rune in word.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > maxBytes)
            {
                yield return new TextPiece(part.ToString(), bytes, start);
                start = CutKind.Character;
                part.Clear();
                bytes = 0;
            }

            part.Append(rune);
            bytes += rune.Utf8SequenceLength;
        }

        yield return new TextPiece(part.ToString(), bytes, start);
    }
}
