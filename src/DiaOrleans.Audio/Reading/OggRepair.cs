using System.Buffers.Binary;

namespace DiaOrleans.Audio.Reading;

/// <summary>
/// Completes the last page of an Ogg file whose download broke off. A page holds up to a second of sound, and decoders drop one that is
/// not whole: the packets of it that have arrived become a page. RFC 3533.
/// </summary>
internal static class OggRepair
{
    private const int HeaderBytes = 27;
    private const int FlagsAt = 5;
    private const int ChecksumAt = 22;
    private const int SegmentCountAt = 26;
    private const int FullSegment = 255;
    private const byte EndOfStream = 4;
    private const uint Polynomial = 0x04C11DB7;

    /// <summary>The file, or a copy with a whole page in place of the beginning of one.</summary>
    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> file)
    {
        var pages = file.Span;
        var at = 0;
        while (pages[at..].StartsWith("OggS"u8) && ReadHeader(pages[at..]) is { } size)
        {
            var page = pages[at..];
            if (size + page[HeaderBytes..size].BodyBytes() > page.Length) return Complete(file, at, size);
            at += size + page[HeaderBytes..size].BodyBytes();
        }

        return file;
    }

    /// <summary>Bytes of a page's header; null if it has not all of them.</summary>
    private static int? ReadHeader(ReadOnlySpan<byte> page)
    {
        if (page.Length < HeaderBytes) return null;
        var size = HeaderBytes + page[SegmentCountAt];
        return size <= page.Length ? size : null;
    }

    private static ReadOnlyMemory<byte> Complete(ReadOnlyMemory<byte> file, int start, int headerSize)
    {
        var broken = file.Span[start..];
        var segments = CountWhole(broken[HeaderBytes..headerSize], broken.Length - headerSize);
        if (segments == 0) return file;
        var body = broken[HeaderBytes..(HeaderBytes + segments)].BodyBytes();
        byte[] page = [.. broken[..(HeaderBytes + segments)], .. broken.Slice(headerSize, body)];
        page[SegmentCountAt] = (byte)segments;
        page[FlagsAt] &= unchecked((byte)~EndOfStream);
        page.AsSpan(ChecksumAt, sizeof(uint)).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(ChecksumAt), Checksum(page));
        return (byte[])[.. file.Span[..start], .. page];
    }

    /// <summary>Segments of the packets that end within so many bytes: a segment of less than 255 bytes ends a packet.</summary>
    private static int CountWhole(ReadOnlySpan<byte> segments, int bytes)
    {
        var whole = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            bytes -= segments[i];
            if (bytes < 0) break;
            if (segments[i] < FullSegment) whole = i + 1;
        }

        return whole;
    }

    private static int BodyBytes(this ReadOnlySpan<byte> segments)
    {
        var sum = 0;
        foreach (var segment in segments) sum += segment;
        return sum;
    }

    private static uint Checksum(ReadOnlySpan<byte> page)
    {
        var checksum = 0u;
        foreach (var unit in page)
        {
            checksum ^= (uint)unit << 24;
            for (var bit = 0; bit < 8; bit++) checksum = (checksum & 0x80000000) == 0 ? checksum << 1 : (checksum << 1) ^ Polynomial;
        }

        return checksum;
    }
}
