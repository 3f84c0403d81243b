namespace DiaOrleans.Grains.Voices;

/// <summary>What a client hears of a voice that there is not; spec/api.md 1.3.</summary>
internal static class VoiceNotFound
{
    /// <param name="id">As asked for.</param>
    /// <param name="available">Ids in creation order.</param>
    public static string Text(string id, IReadOnlyList<string> available) => $"Voice '{id}' not found. Available voices: {PythonList.Of(available)}";
}
