using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>Which transcript a recording has: the reference file goes before the text file, and that before what is remembered; spec/api.md 5.</summary>
internal static class TranscriptChoice
{
    /// <summary>
    /// A text file that says what is remembered is the copy that was written with it: the remembered transcript stays, with its source and times. Null where there is
    /// none.
    /// </summary>
    /// <param name="reference">Text of the reference file, or null.</param>
    /// <param name="textFile">Text of the text file, or null.</param>
    /// <param name="remembered">What is stored for this very recording, or was set by hand.</param>
    public static PromptTranscript? Of(string? reference, string? textFile, PromptTranscript? remembered)
    {
        if (reference is not null) return remembered is { Source: TranscriptSources.Reference } && remembered.Text == reference ? remembered : FromFile(reference, TranscriptSources.Reference);
        if (textFile is null || (remembered is not null && TranscriptText.Tidy(remembered.Text) == textFile)) return remembered;
        return FromFile(textFile, TranscriptSources.TextFile);
    }

    private static PromptTranscript FromFile(string text, string source) => new(text, source, []);
}
