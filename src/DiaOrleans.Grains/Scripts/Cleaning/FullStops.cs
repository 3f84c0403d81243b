namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>The full stop that ends a heading, an item of a list, or a row of a table: read aloud they are sentences.</summary>
internal static class FullStops
{
    private const string FinalPunctuation = ".!?:;,-\u2026\u3002\uff01\uff1f";
    private const string Closing = "\"')]}*_~`";

    /// <summary>The text with a full stop if it has words and no final punctuation. Tags and pauses stay behind it.</summary>
    public static string Add(string text)
    {
        var words = WithoutMarksAtEnd(text);
        if (!Speakable.HasWords(words) || HasFinalPunctuation(words)) return text;
        return words + "." + text[words.Length..];
    }

    /// <summary>Whether a text ends as a sentence or clause does, also inside quotation marks.</summary>
    public static bool HasFinalPunctuation(string text)
    {
        var end = text.AsSpan().TrimEnd().TrimEnd(Closing);
        return end.Length > 0 && FinalPunctuation.Contains(end[^1]);
    }

    private static string WithoutMarksAtEnd(string text)
    {
        for (var rest = text.TrimEnd(); ; rest = rest.TrimEnd())
        {
            var open = rest.EndsWith(']') ? rest.LastIndexOf('[') : -1;
            if (open < 0 || !(SpeakerTags.Is(rest.AsSpan(open)) || PauseMarks.Is(rest.AsSpan(open)))) return rest;
            rest = rest[..open];
        }
    }
}
