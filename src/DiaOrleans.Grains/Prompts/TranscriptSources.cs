namespace DiaOrleans.Grains.Prompts;

/// <summary>The sources of transcripts, with their names in the API and in the stored state.</summary>
internal static class TranscriptSources
{
    /// <summary>Set by a client.</summary>
    public const string Manual = "manual";

    /// <summary>Read from the reference file.</summary>
    public const string Reference = "reference";

    /// <summary>Read from the text file.</summary>
    public const string TextFile = "txt";

    /// <summary>Recognised in the recording.</summary>
    public const string Whisper = "whisper";
}
