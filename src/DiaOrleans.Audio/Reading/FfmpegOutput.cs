using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DiaOrleans.Audio.Reading;

/// <summary>
/// Reads the output of ffmpeg: an AU file of big-endian 32-bit floats. The header of AU has fixed fields for sample rate and channels, and
/// can be written to a pipe.
/// </summary>
/// <param name="limits">Longest recording.</param>
/// <param name="channel">The channel to keep, from 0; null averages all.</param>
internal sealed class FfmpegOutput(ReadLimits limits, int? channel)
{
    private const int HeaderSize = 24;
    private const uint Float32 = 6;
    private const int BlockSize = 1 << 16;

    private int _frameSize;

    /// <summary>The samples after the header; null if no header was read.</summary>
    public RecordingBuilder? Recording { get; private set; }

    /// <summary>True if a sample was read.</summary>
    public bool HasSamples { get; private set; }

    /// <summary>Reads the stream to its end.</summary>
    /// <exception cref="InvalidDataException">The stream is not an AU file of 32-bit floats.</exception>
    /// <exception cref="RecordingException">The recording is too long, or its rate or number of channels is out of range.</exception>
    public async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (!await ReadHeaderAsync(stream, cancellationToken).ConfigureAwait(false)) return;
        var block = new byte[BlockSize - BlockSize % _frameSize];
        int read;
        do
        {
            read = await stream.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            Append(block.AsSpan(0, read - read % _frameSize));
        }
        while (read == block.Length);
    }

    private async Task<bool> ReadHeaderAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        var read = await stream.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read < HeaderSize) return false;
        var rest = (long)Number(header, 1) - HeaderSize;
        var channels = Number(header, 5);
        if (!header.AsSpan().StartsWith(".snd"u8) || Number(header, 3) != Float32 || rest is < 0 or > BlockSize)
        {
            throw new InvalidDataException("ffmpeg wrote no AU file.");
        }

        var rate = (int)Math.Min(Number(header, 4), int.MaxValue);
        var recording = new RecordingBuilder(rate, (int)Math.Min(channels, int.MaxValue), limits, channel);
        await stream.ReadExactlyAsync(new byte[rest], cancellationToken).ConfigureAwait(false);
        Recording = recording;
        _frameSize = (int)channels * sizeof(float);
        return true;
    }

    private void Append(Span<byte> bytes)
    {
        var numbers = MemoryMarshal.Cast<byte, int>(bytes);
        if (BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(numbers, numbers);
        Recording!.Append(MemoryMarshal.Cast<int, float>(numbers));
        HasSamples |= !numbers.IsEmpty;
    }

    private static uint Number(byte[] header, int index) => BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(index * sizeof(uint)));
}
