using System.Collections.Frozen;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>The sounds that Dia makes of words in parentheses; https://github.com/nari-labs/dia#features.</summary>
internal static class NonVerbals
{
    private static readonly FrozenSet<string> Known = new[]
    {
        "laughs", "clears throat", "sighs", "gasps", "coughs", "singing", "sings", "mumbles", "beep", "groans", "sniffs", "claps",
        "screams", "inhales", "exhales", "applause", "burps", "humming", "sneezes", "chuckle", "whistles",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether Dia knows the sound, in any case.</summary>
    public static bool IsKnown(ReadOnlySpan<char> words) => Lookup.Contains(words);
}
