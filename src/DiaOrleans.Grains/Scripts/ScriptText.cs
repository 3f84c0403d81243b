using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Scripts;

/// <summary>
/// The speaker tags of a text; docs/api.md, Texts. Here they are upper case.
/// </summary>
internal static class ScriptText
{
    /// <summary>
    /// Adds the tags that a cleaned text lacks: one at its start, and at its end that of the second-to-last speaker. Without any tag both
    /// are the primary speaker's. Existing tags are kept, also several in a row. A tag counts as a speaker even if no text follows it,
    /// also at the end: <c>Hello [S1]</c> becomes <c>[S2] Hello [S1]</c>. A tagged text stays the same.
    /// </summary>
    /// <param name="cleaned">The text of a <see cref="Script"/>; not empty.</param>
    /// <param name="primarySpeaker"><c>S1</c> or <c>S2</c>; any other value speaks as S1.</param>
    public static string Tag(string cleaned, string primarySpeaker)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(cleaned);
        var at = FindTag(cleaned);
        if (at == cleaned.Length)
        {
            var primary = TagOf(primarySpeaker);
            return $"{primary} {cleaned} {primary}";
        }

        var opened = at == 0 ? cleaned : $"{Other(cleaned.Substring(at, TextIds.FirstSpeaker.Length))} {cleaned}";
        return EndsWithTag(opened) ? opened : $"{opened} {SecondToLastSpeaker(opened)}";
    }

    /// <summary>The tag of a voice's primary speaker; any value but S2 speaks as S1.</summary>
    internal static string TagOf(string primarySpeaker) => primarySpeaker == "S2" ? TextIds.SecondSpeaker : TextIds.FirstSpeaker;

    /// <summary>Position of the first tag; the length of the text if it has none.</summary>
    internal static int FindTag(ReadOnlySpan<char> text)
    {
        var first = text.IndexOf(TextIds.FirstSpeaker, StringComparison.Ordinal);
        var second = text.IndexOf(TextIds.SecondSpeaker, StringComparison.Ordinal);
        if (first < 0) return second < 0 ? text.Length : second;
        return second < 0 ? first : Math.Min(first, second);
    }

    /// <summary>The last tag of a text that has one.</summary>
    internal static string LastTag(string text) =>
        text.LastIndexOf(TextIds.FirstSpeaker, StringComparison.Ordinal) > text.LastIndexOf(TextIds.SecondSpeaker, StringComparison.Ordinal)
            ? TextIds.FirstSpeaker
            : TextIds.SecondSpeaker;

    /// <summary>The text up to its last word: tags behind it are removed.</summary>
    internal static string WithoutTagAtEnd(string text)
    {
        while (EndsWithTag(text)) text = text[..^TextIds.FirstSpeaker.Length].TrimEnd(' ');
        return text;
    }

    private static string SecondToLastSpeaker(string text)
    {
        var last = LastTag(text);
        return text.Contains(Other(last), StringComparison.Ordinal) ? Other(last) : last;
    }

    private static string Other(string tag) => tag == TextIds.FirstSpeaker ? TextIds.SecondSpeaker : TextIds.FirstSpeaker;

    private static bool EndsWithTag(string text) =>
        text.EndsWith(TextIds.FirstSpeaker, StringComparison.Ordinal) || text.EndsWith(TextIds.SecondSpeaker, StringComparison.Ordinal);
}
