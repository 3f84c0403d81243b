using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Voices;

/// <summary>The error for a request that names a voice that does not exist.</summary>
internal static class UnknownVoice
{
    /// <summary>The message to the client.</summary>
    /// <param name="id">The requested id.</param>
    /// <param name="refusal">Names voices that there are.</param>
    public static string Sentence(string id, SpeechAdmission refusal)
    {
        var sentence =
            $"Voice {Quoted.Name(id)} not found. Available voices: {PythonList.Format(refusal.AvailableVoices, refusal.FurtherVoices)}";
        if (!OpenAiVoices.Has(id)) return sentence;
        var voice = refusal.AvailableVoices.FirstOrDefault() ?? "anna";
        return $"{sentence}. {Quoted.Name(id)} is a name that OpenAI's clients have built in: make a voice with this name, or start the "
            + $"server with the setting VoiceAliases, such as {id}={voice}";
    }
}
