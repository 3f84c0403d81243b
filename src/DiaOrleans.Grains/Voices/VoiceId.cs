namespace DiaOrleans.Grains.Voices;

/// <summary>Which strings can name a voice at all.</summary>
internal static class VoiceId
{
    private const int MaxCodePoints = 256;

    /// <summary>False for ids under which no voice can be stored: blank, too long, with control characters or broken surrogates. Such an id never becomes a grain key.</summary>
    public static bool CanExist(string id)
    {
        if (string.IsNullOrWhiteSpace(id) || id.Length > 2 * MaxCodePoints) return false;
        var codePoints = 0;
        for (var rest = id.AsSpan(); rest.Length > 0; codePoints++)
        {
            if (System.Text.Rune.DecodeFromUtf16(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done) return false;
            if (System.Text.Rune.IsControl(rune)) return false;
            rest = rest[length..];
        }

        return codePoints <= MaxCodePoints;
    }
}
