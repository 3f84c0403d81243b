namespace DiaOrleans.Grains.Recognition;

/// <summary>How transcripts are written, whether heard or read from a file; spec/api.md 5.</summary>
public static class TranscriptText
{
    /// <summary>Trimmed; white space between words is one space, and none stands before a full stop.</summary>
    public static string Tidy(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace(" .", ".", StringComparison.Ordinal);
}
