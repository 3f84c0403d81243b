namespace DiaOrleans.Grains.Prompts;

/// <summary>Where a transcript came from, as clients are told.</summary>
internal static class TranscriptSources
{
    public const string Manual = "manual";

    public const string Reference = "reference";

    public const string TextFile = "txt";

    public const string Whisper = "whisper";
}
