using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>
/// Chooses the transcript of a recording: the reference file, else the text file, else the stored transcript; docs/api.md, Audio prompts.
/// </summary>
internal static class TranscriptChoice
{
    /// <summary>
    /// The transcript of a recording, or null. If a file has the text of the stored transcript, the stored one is returned with its source
    /// and spans: the text file is then the copy that was written with it.
    /// </summary>
    /// <param name="reference">Text of the reference file, or null.</param>
    /// <param name="textFile">Text of the text file, or null.</param>
    /// <param name="stored">The transcript that is stored for this recording, or null.</param>
    public static PromptTranscript? Choose(string? reference, string? textFile, PromptTranscript? stored)
    {
        if (reference is not null)
        {
            var isStored = stored is { Source: TranscriptSources.Reference } && stored.Text == reference;
            return isStored ? stored : FromFile(reference, TranscriptSources.Reference);
        }

        if (textFile is null || (stored is not null && TranscriptText.Tidy(stored.Text) == textFile)) return stored;
        return FromFile(textFile, TranscriptSources.TextFile);
    }

    private static PromptTranscript FromFile(string text, string source) => new(text, source, []);
}
