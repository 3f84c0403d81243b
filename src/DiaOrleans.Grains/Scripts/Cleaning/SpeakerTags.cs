namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>Speaker tags as people write them: <c>[S1]</c> and <c>[S2]</c> in any case.</summary>
internal static class SpeakerTags
{
    /// <summary>Characters of a tag.</summary>
    public const int Length = 4;

    /// <summary>Whether the text is a tag of one of the two speakers.</summary>
    public static bool Is(ReadOnlySpan<char> text) => text.Length == Length && StartsWith(text);

    /// <summary>Whether the text begins with such a tag.</summary>
    public static bool StartsWith(ReadOnlySpan<char> text) => text is ['[', 'S' or 's', '1' or '2', ']', ..];

    /// <summary>Whether such a tag is anywhere in the text.</summary>
    public static bool AreIn(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOf('['); at >= 0; at = text.IndexOf('['))
        {
            if (StartsWith(text[at..])) return true;
            text = text[(at + 1)..];
        }

        return false;
    }
}
