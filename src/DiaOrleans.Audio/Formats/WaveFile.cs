using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace DiaOrleans.Audio.Formats;

/// <summary>RIFF WAVE with a 44-byte header: 16-bit PCM, mono.</summary>
public static class WaveFile
{
    /// <summary>Length of the header, bytes.</summary>
    public const int HeaderSize = 44;

    private const int BytesPerSample = 2;
    private const int ConversionBlock = 8192;

    /// <summary>Encodes a whole file.</summary>
    /// <param name="samples">Mono, -1 to 1; at most 1,073,741,801.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more samples than an array of bytes can hold.</exception>
    public static byte[] Encode(ReadOnlySpan<float> samples, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples.Length, (int.MaxValue - HeaderSize) / BytesPerSample, nameof(samples));
        var file = new byte[HeaderSize + samples.Length * BytesPerSample];
        WriteHeader(file, sampleRate, (uint)(samples.Length * BytesPerSample));
        WriteSamples(samples, file.AsSpan(HeaderSize));
        return file;
    }

    /// <summary>Writes the header.</summary>
    /// <param name="header">At least <see cref="HeaderSize"/> bytes.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="dataBytes">Bytes of all samples; null writes 0xFFFFFFFF for both sizes, which marks a stream of unknown length.</param>
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

    /// <summary>
    /// Writes samples as little-endian 16-bit integers: scaled by 32767, rounded to the nearest, clipped; NaN becomes 0. There is no
    /// dither, so equal samples give equal bytes.
    /// </summary>
    /// <param name="samples">-1 to 1.</param>
    /// <param name="bytes">Two bytes per sample.</param>
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
