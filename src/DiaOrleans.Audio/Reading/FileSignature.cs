using System.Buffers.Binary;

namespace DiaOrleans.Audio.Reading;

/// <summary>Tells kinds of files by their first bytes, so that a decoder sees only what it is asked for.</summary>
internal static class FileSignature
{
    private const int Id3HeaderSize = 10;

    /// <summary>WAV, AIFF, AU, CAF, FLAC, Ogg or MPEG audio: what libsndfile is given. Its other, rarer parsers stay out of reach.</summary>
    public static bool IsForSoundFile(ReadOnlySpan<byte> file) =>
        file.StartsWith("RIFF"u8) || file.StartsWith("RIFX"u8) || file.StartsWith("RF64"u8) || file.StartsWith("FORM"u8) || file.StartsWith(".snd"u8)
        || file.StartsWith("caff"u8) || file.StartsWith("fLaC"u8) || file.StartsWith("OggS"u8)
        || IsMpegAudio(file) || (file.StartsWith("ID3"u8) && !IsAdts(AfterId3(file)));

    /// <summary>MP4 and its relatives: their index may stand at the end, so a decoder must be able to seek.</summary>
    public static bool IsMp4(ReadOnlySpan<byte> file) =>
        file.Length >= 8 && file[4..8] is var type
        && (type.SequenceEqual("ftyp"u8) || type.SequenceEqual("moov"u8) || type.SequenceEqual("mdat"u8) || type.SequenceEqual("free"u8)
            || type.SequenceEqual("skip"u8) || type.SequenceEqual("wide"u8));

    // Eleven set bits, and a layer: AAC in ADTS frames has the same bits and no layer.
    private static bool IsMpegAudio(ReadOnlySpan<byte> file) => file.Length >= 2 && file[0] == 0xFF && (file[1] & 0xE0) == 0xE0 && (file[1] & 0x06) != 0;

    private static bool IsAdts(ReadOnlySpan<byte> file) => file.Length >= 2 && file[0] == 0xFF && (file[1] & 0xF6) == 0xF0;

    private static ReadOnlySpan<byte> AfterId3(ReadOnlySpan<byte> file)
    {
        if (file.Length < Id3HeaderSize) return [];
        // Four bytes of seven bits each.
        var size = BinaryPrimitives.ReadUInt32BigEndian(file[6..]);
        var length = (size & 0x7F) | (size >> 1 & 0x3F80) | (size >> 2 & 0x1FC000) | (size >> 3 & 0xFE00000);
        return length < (uint)(file.Length - Id3HeaderSize) ? file[(Id3HeaderSize + (int)length)..] : [];
    }
}
