using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace DiaOrleans.Audio.Wave;

/// <summary>RIFF WAVE, PCM 16-bit mono, one canonical 44-byte header.</summary>
public static class WaveFile
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderSize = 44;

    private const int BytesPerSample = 2;
    private const int ConversionBlock = 8192;

    /// <summary>A whole file of <paramref name="samples"/>, -1 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More samples than the format's 32-bit sizes hold.</exception>
    public static byte[] Encode(ReadOnlySpan<float> samples, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples.Length, (int.MaxValue - HeaderSize) / BytesPerSample, nameof(samples));
        var file = new byte[HeaderSize + samples.Length * BytesPerSample];
        WriteHeader(file, sampleRate, (uint)(samples.Length * BytesPerSample));
        WriteSamples(samples, file.AsSpan(HeaderSize));
        return file;
    }

    /// <summary>The header; a stream whose length is not known says 0xFFFFFFFF twice.</summary>
    public static void WriteHeader(Span<byte> header, int sampleRate, uint? dataBytes)
    {
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], dataBytes is { } known ? known + HeaderSize - 8 : uint.MaxValue);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)(sampleRate * BytesPerSample));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], BytesPerSample);
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], 8 * BytesPerSample);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], dataBytes ?? uint.MaxValue);
    }

    /// <summary>Samples as little-endian 16-bit integers: clipped, rounded to the nearest, NaN as silence; no dither, so equal samples give equal bytes.</summary>
    public static void WriteSamples(ReadOnlySpan<float> samples, Span<byte> bytes)
    {
        Span<float> scaled = stackalloc float[ConversionBlock];
        while (!samples.IsEmpty)
        {
            var length = Math.Min(samples.Length, ConversionBlock);
            var block = scaled[..length];
            TensorPrimitives.Multiply(samples[..length], short.MaxValue, block);
            TensorPrimitives.Round(block, block);
            var target = MemoryMarshal.Cast<byte, short>(bytes[..(length * BytesPerSample)]);
            TensorPrimitives.ConvertSaturating<float, short>(block, target);
            if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(target, target);
            samples = samples[length..];
            bytes = bytes[(length * BytesPerSample)..];
        }
    }
}
