using System.Buffers.Binary;

namespace DiaOrleans.Audio.Reading;

/// <summary>Recognises file formats by their first bytes, which decide the decoder that gets the file.</summary>
internal static class FileSignature
{
    private const int Id3HeaderSize = 10;

    /// <summary>
    /// True for WAV, AIFF, AU, CAF, FLAC, Ogg and MPEG audio, which libsndfile decodes. It gets no other file, so that its rarely used
    /// parsers cannot be attacked.
    /// </summary>
    public static bool IsForSoundFile(ReadOnlySpan<byte> file) =>
        file.StartsWith("RIFF"u8) || file.StartsWith("RIFX"u8) || file.StartsWith("RF64"u8)
        || file.StartsWith("FORM"u8) || file.StartsWith(".snd"u8) || file.StartsWith("caff"u8)
        || IsCompressed(file);

    /// <summary>True for FLAC, Ogg and MPEG audio: streams of frames whose header, if it states a length, need not be right.</summary>
    public static bool IsCompressed(ReadOnlySpan<byte> file) =>
        file.StartsWith("fLaC"u8) || file.StartsWith("OggS"u8)
        || IsMpegAudio(file) || (file.StartsWith("ID3"u8) && !IsAdts(AfterId3(file)));

    /// <summary>True for MP4 and related formats. Their index may be at the end, so a decoder must be able to seek.</summary>
    public static bool IsMp4(ReadOnlySpan<byte> file) =>
        file.Length >= 8 && file[4..8] is var type
        && (type.SequenceEqual("ftyp"u8) || type.SequenceEqual("moov"u8) || type.SequenceEqual("mdat"u8) || type.SequenceEqual("free"u8)
            || type.SequenceEqual("skip"u8) || type.SequenceEqual("wide"u8));

    // Eleven set bits, then a layer that is not 0; in an ADTS frame of AAC it is 0.
    private static bool IsMpegAudio(ReadOnlySpan<byte> file) =>
        file.Length >= 2 && file[0] == 0xFF && (file[1] & 0xE0) == 0xE0 && (file[1] & 0x06) != 0;

    private static bool IsAdts(ReadOnlySpan<byte> file) => file.Length >= 2 && file[0] == 0xFF && (file[1] & 0xF6) == 0xF0;

    private static ReadOnlySpan<byte> AfterId3(ReadOnlySpan<byte> file)
    {
        if (file.Length < Id3HeaderSize) return [];
        // A number in four bytes of seven bits each.
        var size = BinaryPrimitives.ReadUInt32BigEndian(file[6..]);
        var length = (size & 0x7F) | (size >> 1 & 0x3F80) | (size >> 2 & 0x1FC000) | (size >> 3 & 0xFE00000);
        return length < (uint)(file.Length - Id3HeaderSize) ? file[(Id3HeaderSize + (int)length)..] : [];
    }
}
