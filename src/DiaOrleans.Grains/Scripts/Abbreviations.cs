using System.Collections.Frozen;

namespace DiaOrleans.Grains.Scripts;

/// <summary>
/// Words of English whose full stop ends no sentence. Those that stand before a number only, such as "No. 5", need no entry: no full stop
/// before a digit ends a sentence.
/// </summary>
internal static class Abbreviations
{
    private static readonly FrozenSet<string> Known = (
        "mr mrs ms mx dr prof st jr sr rev hon fr messrs mme mlle esq ph.d capt cpt col lt maj gen sgt cpl pvt adm cmdr cdr gov sen rep "
        + "pres amb supt insp det ave blvd rd hwy mt ft pt sec fig figs vol ch eq ed eds pp nos inc ltd co corp bros dept univ assn "
        + "est approx misc vs viz cf ca etc jan feb apr aug sept oct nov dec tues thurs")
        .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a word with a full stop at its end is an abbreviation, an initial, or letters with a full stop each.</summary>
    /// <param name="word">Such as <c>Capt.</c>, <c>J.</c> or <c>U.S.</c></param>
    public static bool Contains(ReadOnlySpan<char> word)
    {
        word = word.TrimStart("\"'([").TrimEnd('.');
        return IsInitials(word) || Lookup.Contains(word);
    }

    private static bool IsInitials(ReadOnlySpan<char> word)
    {
        if (word.Length % 2 == 0) return false;
        for (var i = 0; i < word.Length; i++)
        {
            if (i % 2 == 0 ? !char.IsLetter(word[i]) : word[i] != '.') return false;
        }

        return word.Length > 1 || char.IsUpper(word[0]);
    }
}
