using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Cloning;

/// <summary>A voice's prompt for a certain model.</summary>
/// <param name="Codes">What the model continues.</param>
/// <param name="Transcript">What the recording says, cleaned, with a tag in front; null where nobody knows.</param>
public sealed record ResolvedPrompt(AudioCodes Codes, string? Transcript);

/// <summary>A prompt could not be encoded now.</summary>
public sealed class PromptEncodingException(WorkAdmission answer) : Exception(answer.Reason)
{
    /// <summary>The worker's refusal: busy, unavailable, or rejected where the encoding itself failed.</summary>
    public WorkAdmission Answer => answer;
}
