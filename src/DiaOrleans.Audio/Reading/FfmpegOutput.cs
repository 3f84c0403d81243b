using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DiaOrleans.Audio.Reading;

/// <summary>
/// What ffmpeg writes: an AU file of 32-bit floats, big-endian, as it comes over a pipe. AU has a header of fixed numbers that tells rate and channels.
/// </summary>
internal sealed class FfmpegOutput(ReadLimits limits)
{
    private const int HeaderSize = 24;
    private const uint Float32 = 6;
    private const int BlockSize = 1 << 16;

    private RecordingBuilder? _recording;
    private int _frameSize;

    /// <summary>Reads to the end.</summary>
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

    public bool HasHeader => _recording is not null;

    public bool HasSamples { get; private set; }

    /// <summary>What came after the header.</summary>
    public Recording Build() => _recording!.Build();

    private async Task<bool> ReadHeaderAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        if (await stream.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < HeaderSize) return false;
        var rest = (long)Number(header, 1) - HeaderSize;
        var channels = Number(header, 5);
        if (!header.AsSpan().StartsWith(".snd"u8) || Number(header, 3) != Float32 || rest is < 0 or > BlockSize) throw new InvalidDataException("ffmpeg wrote no AU file.");
        var recording = new RecordingBuilder((int)Math.Min(Number(header, 4), int.MaxValue), (int)Math.Min(channels, int.MaxValue), limits);
        await stream.ReadExactlyAsync(new byte[rest], cancellationToken).ConfigureAwait(false);
        (_recording, _frameSize) = (recording, (int)channels * sizeof(float));
        return true;
    }

    private void Append(Span<byte> bytes)
    {
        var numbers = MemoryMarshal.Cast<byte, int>(bytes);
        if (BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(numbers, numbers);
        _recording!.Append(MemoryMarshal.Cast<int, float>(numbers));
        HasSamples |= !numbers.IsEmpty;
    }

    private static uint Number(byte[] header, int index) => BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(index * sizeof(uint)));
}
