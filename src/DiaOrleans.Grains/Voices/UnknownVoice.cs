namespace DiaOrleans.Grains.Voices;

/// <summary>What clients hear who ask for a voice that is not there.</summary>
internal static class UnknownVoice
{
    public static string Sentence(string id, IReadOnlyList<string> known) =>
        $"Voice {Quoted.Name(id)} not found. Available voices: {PythonList.Of(known)}";
}
