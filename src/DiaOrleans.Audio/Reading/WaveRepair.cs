using System.Buffers.Binary;
using System.Text;

namespace DiaOrleans.Audio.Reading;

/// <summary>
/// Corrects the sizes in WAV files. Programs that write to a pipe leave them 0 or 0xFFFFFFFF, a download that broke off is shorter than
/// they say, and WAV files that were joined byte by byte are one recording.
/// </summary>
internal static class WaveRepair
{
    private const int HeaderSize = 12;
    private const int ChunkHeaderSize = 8;

    /// <summary>If more bytes than this follow the samples and are no chunks, they are samples too.</summary>
    private const int MaxTrailer = 4096;

    /// <summary>Returns the file, or a copy with one data chunk and right sizes if its own are wrong.</summary>
    /// <exception cref="RecordingException">It consists of WAV files of different formats.</exception>
    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> file)
    {
        if (!IsWave(file.Span)) return file;
        var parts = new List<Part>();
        for (int? next = 0; next is { } start && IsWave(file.Span[start..]);)
        {
            if (FindPart(file.Span, start, out next) is { } part) parts.Add(part);
        }

        if (parts.Count == 0 || parts is [{ IsRight: true }]) return file;
        if (parts.Exists(part => !part.Format(file.Span).SequenceEqual(parts[0].Format(file.Span))))
        {
            throw new RecordingException(RecordingProblem.Unreadable, "It consists of several wav files of different formats.");
        }

        return Join(file, parts);
    }

    private static bool IsWave(ReadOnlySpan<byte> file) =>
        file.Length >= HeaderSize && file.StartsWith("RIFF"u8) && file.Slice(8, 4).SequenceEqual("WAVE"u8);

    /// <summary>Finds the format and the samples of one WAV file.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="start">Where the WAV file begins.</param>
    /// <param name="next">Where another WAV file begins after it, or null.</param>
    private static Part? FindPart(ReadOnlySpan<byte> file, int start, out int? next)
    {
        next = null;
        Range? format = null;
        for (var at = start + HeaderSize; file.Length - at >= ChunkHeaderSize;)
        {
            var size = SizeAt(file, at);
            var content = at + ChunkHeaderSize;
            if (format is { } found && file[at..].StartsWith("data"u8)) return FindSamples(file, found, content, size, out next);
            if (size > file.Length - content) return null;
            if (file[at..].StartsWith("fmt "u8)) format = content..(content + (int)size);
            at = NextChunk(content, size, file.Length);
        }

        return null;
    }

    private static Part FindSamples(ReadOnlySpan<byte> file, Range format, int content, uint size, out int? next)
    {
        next = null;
        var rest = file.Length - content;
        if (size > rest) return new Part(format, content..file.Length, IsRight: false);
        var end = NextChunk(content, size, file.Length);
        if (AreChunks(file, end, out next) || (size > 0 && file.Length - end <= MaxTrailer))
        {
            return new Part(format, content..(content + (int)size), IsRight: true);
        }

        return new Part(format, content..file.Length, IsRight: false);
    }

    /// <summary>True if only whole chunks follow up to the end of the file, or up to another WAV file.</summary>
    private static bool AreChunks(ReadOnlySpan<byte> file, int at, out int? next)
    {
        next = null;
        while (file.Length - at >= ChunkHeaderSize)
        {
            if (IsWave(file[at..]))
            {
                next = at;
                return true;
            }

            var size = SizeAt(file, at);
            if (file.Slice(at, 4).ContainsAnyExceptInRange((byte)' ', (byte)'~') || size > file.Length - at - ChunkHeaderSize) return false;
            at = NextChunk(at + ChunkHeaderSize, size, file.Length);
        }

        return at == file.Length;
    }

    private static ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> file, List<Part> parts)
    {
        using var joined = new MemoryStream(file.Length + HeaderSize);
        using var writer = new BinaryWriter(joined, Encoding.ASCII);
        var format = parts[0].Format(file.Span);
        var samples = parts.Sum(part => part.Samples(file.Span).Length);
        writer.Write("RIFF"u8);
        writer.Write(4 + 2 * ChunkHeaderSize + format.Length + samples);
        writer.Write("WAVEfmt "u8);
        writer.Write(format.Length);
        writer.Write(format);
        writer.Write("data"u8);
        writer.Write(samples);
        foreach (var part in parts) writer.Write(part.Samples(file.Span));
        return joined.GetBuffer().AsMemory(0, (int)joined.Length);
    }

    private static uint SizeAt(ReadOnlySpan<byte> file, int chunk) => BinaryPrimitives.ReadUInt32LittleEndian(file[(chunk + 4)..]);

    /// <summary>Chunks begin at even places.</summary>
    private static int NextChunk(int content, uint size, int length) => (int)Math.Min(content + (long)size + (size & 1), length);

    /// <summary>One WAV file.</summary>
    /// <param name="FormatRange">Where the content of its format chunk is.</param>
    /// <param name="SampleRange">Where its samples are.</param>
    /// <param name="IsRight">True if its header has the right size.</param>
    private sealed record Part(Range FormatRange, Range SampleRange, bool IsRight)
    {
        public ReadOnlySpan<byte> Format(ReadOnlySpan<byte> file) => file[FormatRange];

        public ReadOnlySpan<byte> Samples(ReadOnlySpan<byte> file) => file[SampleRange];
    }
}
