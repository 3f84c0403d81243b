using System.Text;

namespace DiaOrleans.Grains.Prompts;

/// <summary>Decodes transcript files: UTF-8, UTF-16 with a byte order mark, else Windows-1252; docs/api.md, Audio prompts.</summary>
internal static class TranscriptBytes
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>The text of a file, without a byte order mark.</summary>
    public static string Decode(ReadOnlySpan<byte> file)
    {
        foreach (var encoding in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            if (file.StartsWith(encoding.Preamble)) return encoding.GetString(file[encoding.Preamble.Length..]);
        }

        try
        {
            return Utf8.GetString(file.StartsWith(Utf8.Preamble) ? file[Utf8.Preamble.Length..] : file);
        }
        catch (DecoderFallbackException)
        {
            return Windows1252.GetString(file);
        }
    }
}
