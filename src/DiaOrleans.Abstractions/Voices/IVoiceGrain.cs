using DiaOrleans.Abstractions.Calls;

namespace DiaOrleans.Abstractions.Voices;

/// <summary>One voice; the key is its id.</summary>
[Alias("dia.voice")]
public interface IVoiceGrain : IGrainWithStringKey
{
    /// <summary>The voice's settings, or null if there is no such voice.</summary>
    [Alias("get"), ResponseTimeout(AnswerLimits.Single)]
    Task<VoiceSettings?> Get();

    /// <summary>
    /// Creates the voice or overwrites it. If no transcript is given, the transcript of the audio prompt is copied, if there is one.
    /// The voice is stored and listed in the catalogue before the call returns.
    /// </summary>
    /// <returns>The stored settings; null if it would be a new voice and the limit on voices is reached.</returns>
    /// <exception cref="ArgumentException">The key cannot be a voice's id.</exception>
    [Alias("put"), ResponseTimeout(AnswerLimits.Several)]
    Task<VoiceSettings?> Put(VoiceSettings settings);

    /// <summary>
    /// Changes the members that are not null in <paramref name="change"/>. If the audio prompt changes and no transcript is given,
    /// the transcript of the new prompt is copied.
    /// </summary>
    /// <returns>The stored settings, or null if there is no such voice.</returns>
    [Alias("update"), ResponseTimeout(AnswerLimits.Several)]
    Task<VoiceSettings?> Update(VoiceChange change);

    /// <summary>Replaces the voice's transcript after the transcript of its audio prompt has changed.</summary>
    /// <returns>
    /// False if nothing was replaced: there is no such voice, it uses another prompt, or it is not in the scope of the change.
    /// </returns>
    [Alias("take-prompt-text"), ResponseTimeout(AnswerLimits.Several)]
    Task<bool> ApplyTranscript(TranscriptChange change);

    /// <summary>Removes the voice. False if there is no such voice.</summary>
    [Alias("delete"), ResponseTimeout(AnswerLimits.Several)]
    Task<bool> Delete();
}
