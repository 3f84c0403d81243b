namespace DiaOrleans.Grains.Recognition;

/// <summary>The form of transcripts that are recognised or read from a file; docs/api.md, Audio prompts.</summary>
public static class TranscriptText
{
    /// <summary>The text with one space for each run of white space, no space at the ends, and none before a full stop.</summary>
    public static string Tidy(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace(" .", ".", StringComparison.Ordinal);
}
