using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Voices;

/// <summary>The error for a request that names a voice that does not exist.</summary>
internal static class UnknownVoice
{
    /// <summary>The message to the client.</summary>
    /// <param name="id">The requested id.</param>
    /// <param name="refusal">Names voices that there are.</param>
    public static string Sentence(string id, SpeechAdmission refusal) =>
        $"Voice {Quoted.Name(id)} not found. Available voices: {PythonList.Format(refusal.AvailableVoices, refusal.FurtherVoices)}";
}
