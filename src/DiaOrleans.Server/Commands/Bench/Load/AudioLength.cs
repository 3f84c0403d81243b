using System.Buffers.Binary;
using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>Seconds of audio in an answer: of WAV by its header, of other formats by decoding it.</summary>
internal static class AudioLength
{
    private const double MaxSeconds = 3600;

    private static readonly RecordingReaders Readers = RecordingReaders.Create();

    /// <summary>The length in seconds; 0 if it is no sound that can be read here.</summary>
    public static double Measure(ReadOnlyMemory<byte> file)
    {
        if (ReadWave(file.Span) is { } wave) return wave;
        try
        {
            return Readers.Read(file, new ReadLimits(MaxSeconds)).Duration.TotalSeconds;
        }
        catch (RecordingException)
        {
            return 0;
        }
    }

    /// <summary>A stream's header does not have the length, so the bytes behind it decide; RIFF, chunks fmt and data.</summary>
    private static double? ReadWave(ReadOnlySpan<byte> file)
    {
        const int ChunkHeader = 8;
        if (file.Length < 12 || !file.StartsWith("RIFF"u8) || !file[8..].StartsWith("WAVE"u8)) return null;
        var bytesPerSecond = 0;
        for (var at = 12; at + ChunkHeader <= file.Length;)
        {
            var chunk = file[at..];
            if (chunk.StartsWith("data"u8)) return bytesPerSecond == 0 ? null : (double)(chunk.Length - ChunkHeader) / bytesPerSecond;
            if (chunk.StartsWith("fmt "u8) && chunk.Length >= 20) bytesPerSecond = BinaryPrimitives.ReadInt32LittleEndian(chunk[16..]);
            at += ChunkHeader + (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]), int.MaxValue / 2);
        }

        return null;
    }
}
