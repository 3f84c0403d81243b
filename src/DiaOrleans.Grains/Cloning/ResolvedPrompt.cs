using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Cloning;

/// <summary>A voice's prompt in the form that a model continues.</summary>
/// <param name="Codes">The recording's codes.</param>
/// <param name="Transcript">The recording's words, cleaned, with a speaker tag at the start; null if they are not known.</param>
public sealed record ResolvedPrompt(AudioCodes Codes, string? Transcript);

/// <summary>A prompt could not be encoded now.</summary>
/// <param name="answer">The worker's refusal.</param>
public sealed class PromptEncodingException(WorkAdmission answer) : Exception(answer.Reason)
{
    /// <summary>The worker's refusal: busy, unavailable, or rejected if the encoding itself failed.</summary>
    public WorkAdmission Answer => answer;
}
