namespace DiaOrleans.Abstractions.Voices;

/// <summary>One voice; the key is its id.</summary>
[Alias("dia.voice")]
public interface IVoiceGrain : IGrainWithStringKey
{
    /// <summary>The voice's settings, or null where no such voice was created.</summary>
    [Alias("get")]
    Task<VoiceSettings?> Get();

    /// <summary>
    /// Creates the voice or overwrites it; without a transcript it takes that of its prompt, where the prompt is known and has one. Stored, and listed in the
    /// catalogue, before the call returns.
    /// </summary>
    [Alias("put")]
    Task<VoiceSettings> Put(VoiceSettings settings);

    /// <summary>
    /// Changes what is not null in <paramref name="change"/>; another prompt without a transcript brings its own, or none. Null where no such voice exists.
    /// </summary>
    [Alias("update")]
    Task<VoiceSettings?> Update(VoiceChange change);

    /// <summary>Takes its prompt's transcript. False where the text is not for this voice: it does not exist, uses another prompt, or is out of reach.</summary>
    [Alias("take-prompt-text")]
    Task<bool> TakeTranscript(TranscriptChange change);

    /// <summary>False where there was none.</summary>
    [Alias("delete")]
    Task<bool> Delete();
}
