namespace DiaOrleans.Server.Api.Validation;

/// <summary>Shortens strings that are longer than any field accepts; the rest is needed neither to refuse nor to echo them.</summary>
internal static class LongString
{
    /// <summary>The most bytes of a code point in JSON: two escapes.</summary>
    private const int MaxCodePointBytes = 12;

    private const int KeptBytes = MaxCodePointBytes * (RequestLimits.StringLength + 1);

    /// <param name="json">A JSON value.</param>
    /// <returns>
    /// The value; of a string that is too long the first <see cref="RequestLimits.StringLength"/> code points and at least one more.
    /// </returns>
    public static ReadOnlyMemory<byte> Shorten(ReadOnlyMemory<byte> json)
    {
        if (json.Length <= KeptBytes + MaxCodePointBytes || json.Span[0] != '"') return json;
        var end = 1;
        while (end < KeptBytes) end += CountBytes(json.Span[end..]);
        byte[] kept = [.. json.Span[..end], (byte)'"'];
        return kept;
    }

    /// <summary>Bytes of the first code point. Invalid UTF-8 counts one byte at a time, an unpaired surrogate one escape.</summary>
    private static int CountBytes(ReadOnlySpan<byte> json) => json[0] switch
    {
        (byte)'\\' when json[1] == 'u' => IsHighSurrogate(json) && json[6] == '\\' && json[7] == 'u' ? 12 : 6,
        (byte)'\\' => 2,
        < 0xC0 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };

    private static bool IsHighSurrogate(ReadOnlySpan<byte> json) =>
        json[2] is (byte)'d' or (byte)'D' && char.ToLowerInvariant((char)json[3]) is '8' or '9' or 'a' or 'b';
}
