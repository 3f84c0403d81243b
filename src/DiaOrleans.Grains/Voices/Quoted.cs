namespace DiaOrleans.Grains.Voices;

/// <summary>Names that clients sent, as sentences for them show them.</summary>
internal static class Quoted
{
    /// <summary>No id of anything is longer.</summary>
    private const int MaxUnits = 512;

    /// <summary>The name in single quotes; of one that is longer than any id, the beginning.</summary>
    public static string Name(string name)
    {
        if (name.Length <= MaxUnits) return $"'{name}'";
        var kept = char.IsHighSurrogate(name[MaxUnits - 1]) ? MaxUnits - 1 : MaxUnits;
        return $"'{name[..kept]}…'";
    }
}
