namespace DiaOrleans.Grains.Voices;

/// <summary>The error for a request that names a voice that does not exist.</summary>
internal static class UnknownVoice
{
    /// <summary>The message to the client.</summary>
    /// <param name="id">The requested id.</param>
    /// <param name="known">The ids of all voices.</param>
    public static string Sentence(string id, IReadOnlyList<string> known) =>
        $"Voice {Quoted.Name(id)} not found. Available voices: {PythonList.Format(known)}";
}
