using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DiaOrleans.Audio.Formats;

/// <summary>Ogg Opus by libopusenc: mono, 48 kHz, about 64 kbit/s. Latency: a page of 100 ms.</summary>
internal sealed class OpusEncoder() : BlockEncoder(FrameSamples)
{
    private const int FrameSamples = 960;
    private const int PageSamples = 4800;
    private const int BitsPerSecond = 64000;

    private readonly NativeSink _sink = new();
    private OpusHandle? _opus;

    public override void Dispose()
    {
        _opus?.Dispose();
        _sink.Dispose();
    }

    protected override unsafe void Encode(ReadOnlySpan<float> block)
    {
        _opus ??= Start(block);
        fixed (float* samples = block) Check(LibOpusEncoder.Write(_opus, samples, block.Length));
    }

    protected override void End()
    {
        if (_opus is null) Encode([]);
        Check(LibOpusEncoder.Drain(_opus!));
    }

    protected override void Emit(IBufferWriter<byte> output) => _sink.Drain(output);

    /// <summary>
    /// The number that identifies an Ogg stream. It is a hash of the first samples, so that equal samples give equal bytes.
    /// </summary>
    private static int SerialNumber(ReadOnlySpan<float> block) =>
        BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(MemoryMarshal.AsBytes(block)));

    private OpusHandle Start(ReadOnlySpan<float> block)
    {
        using var comments = LibOpusEncoder.CreateComments();
        var opus = LibOpusEncoder.Create(_sink, comments, out var error);
        if (opus.IsInvalid) throw new AudioEncodingException($"libopusenc did not create an encoder (error {error}).");
        Check(LibOpusEncoder.Set(opus, LibOpusEncoder.SerialNumber, SerialNumber(block)));
        Check(LibOpusEncoder.Set(opus, LibOpusEncoder.DecisionDelay, 0));
        Check(LibOpusEncoder.Set(opus, LibOpusEncoder.MuxingDelay, PageSamples));
        Check(LibOpusEncoder.Set(opus, LibOpusEncoder.BitRate, BitsPerSecond));
        return opus;
    }

    private static void Check(int status)
    {
        if (status != 0) throw new AudioEncodingException($"libopusenc failed with {status}.");
    }
}
