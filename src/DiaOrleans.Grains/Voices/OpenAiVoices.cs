namespace DiaOrleans.Grains.Voices;

/// <summary>The names of voices that OpenAI's clients have built in.</summary>
public static class OpenAiVoices
{
    /// <summary>The names, in lower case.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse",
    ];

    /// <summary>Whether a name is one of them, in any case.</summary>
    public static bool Has(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
