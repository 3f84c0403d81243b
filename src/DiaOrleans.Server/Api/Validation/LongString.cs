namespace DiaOrleans.Server.Api.Validation;

/// <summary>Strings that are longer than any field takes: their beginning says so too, and is what is echoed.</summary>
internal static class LongString
{
    /// <summary>The most bytes that JSON writes one code point with: two escapes.</summary>
    private const int MaxBytesOfOne = 12;

    private const int KeptBytes = MaxBytesOfOne * (FieldReader.MaxLength + 1);

    /// <param name="json">A JSON value.</param>
    /// <returns>The same, or of a longer string the first <see cref="FieldReader.MaxLength"/> code points and at least one more.</returns>
    public static ReadOnlyMemory<byte> Shorten(ReadOnlyMemory<byte> json)
    {
        if (json.Length <= KeptBytes + MaxBytesOfOne || json.Span[0] != '"') return json;
        var end = 1;
        while (end < KeptBytes) end += LengthOfOne(json.Span[end..]);
        byte[] kept = [.. json.Span[..end], (byte)'"'];
        return kept;
    }

    /// <summary>Bytes of a code point; what is none, bad UTF-8 or half a surrogate pair, counts a byte or an escape at a time.</summary>
    private static int LengthOfOne(ReadOnlySpan<byte> json) => json[0] switch
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
