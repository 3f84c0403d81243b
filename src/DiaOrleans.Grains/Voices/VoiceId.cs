using System.Buffers;
using System.Text;

namespace DiaOrleans.Grains.Voices;

/// <summary>The rules for ids of voices.</summary>
internal static class VoiceId
{
    /// <summary>The most Unicode code points of an id.</summary>
    public const int MaxCodePoints = 256;

    /// <summary>
    /// False for a string that cannot be a voice's id: it is blank, has over 256 code points, a control character or an unpaired surrogate.
    /// Check it before the string becomes a grain key.
    /// </summary>
    public static bool CanExist(string id)
    {
        if (string.IsNullOrWhiteSpace(id) || id.Length > 2 * MaxCodePoints) return false;
        var codePoints = 0;
        for (var rest = id.AsSpan(); rest.Length > 0; codePoints++)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done) return false;
            if (Rune.IsControl(rune)) return false;
            rest = rest[length..];
        }

        return codePoints <= MaxCodePoints;
    }

    /// <summary>The id, or the beginning of one that is longer than any voice's: it cannot exist either, and is kept in a job.</summary>
    public static string Shorten(string id)
    {
        const int Kept = 2 * MaxCodePoints + 1;
        if (id.Length <= Kept) return id;
        return char.IsHighSurrogate(id[Kept - 1]) ? id[..(Kept + 1)] : id[..Kept];
    }
}
