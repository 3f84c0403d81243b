using System.Text;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>
/// Makes tags of the ways to name a speaker: a tag in lower case or with a colon anywhere, <c>S1:</c> or <c>Speaker 1:</c> at the start
/// of a line.
/// </summary>
internal static class SpeakerLabels
{
    private const string Word = "speaker";

    public static string Tag(string text)
    {
        var tagged = new StringBuilder(text.Length);
        var isLineStart = true;
        for (var i = 0; i < text.Length;)
        {
            if (ReadLabel(text.AsSpan(i), isLineStart) is { } label)
            {
                tagged.Append("[S").Append(label.Speaker).Append(']');
                i += label.Length;
                isLineStart = false;
                continue;
            }

            isLineStart = text[i] == '\n' || (isLineStart && text[i] is ' ' or '\t');
            tagged.Append(text[i++]);
        }

        return tagged.ToString();
    }

    /// <summary>Whether the line names its speaker.</summary>
    public static bool StartsLine(ReadOnlySpan<char> line) => ReadLabel(line.TrimStart(), isLineStart: true) is not null;

    /// <summary>The label at the start of the text; null if there is none.</summary>
    private static (char Speaker, int Length)? ReadLabel(ReadOnlySpan<char> text, bool isLineStart)
    {
        if (SpeakerTags.StartsWith(text))
            return (text[2], SpeakerTags.Length + (text.Length > SpeakerTags.Length && text[SpeakerTags.Length] == ':' ? 1 : 0));
        if (!isLineStart) return null;
        var rest = text;
        if (rest.StartsWith(Word, StringComparison.OrdinalIgnoreCase)) rest = rest[Word.Length..].TrimStart(' ');
        else if (rest is ['S' or 's', ..]) rest = rest[1..];
        else return null;
        if (rest is not ['1' or '2', ':', ..] || !MayBeSpeech(rest[2..])) return null;
        return (rest[0], text.Length - rest.Length + 2);
    }

    /// <summary>Whether what follows a label may be its words: not so in <c>S1:E2</c>, an episode, or <c>S1:4</c>.</summary>
    private static bool MayBeSpeech(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || char.IsWhiteSpace(text[0])) return true;
        if (text is ['E' or 'e', >= '0' and <= '9', ..]) return false;
        return char.IsLetter(text[0]) || text[0] is '"' or '\'' or '(';
    }
}
