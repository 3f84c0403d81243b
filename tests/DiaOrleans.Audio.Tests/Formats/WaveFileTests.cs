using System.Buffers.Binary;
using DiaOrleans.Audio.Formats;

namespace DiaOrleans.Audio.Tests.Formats;

public sealed class WaveFileTests
{
    [Fact]
    public void The_header_is_canonical_and_its_sizes_are_exact()
    {
        var file = WaveFile.Encode(new float[1000], 44100);
        file.Length.ShouldBe(2044);
        file.AsSpan(0, 4).SequenceEqual("RIFF"u8).ShouldBeTrue();
        BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(4)).ShouldBe(2036u);
        file.AsSpan(8, 8).SequenceEqual("WAVEfmt "u8).ShouldBeTrue();
        BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(16)).ShouldBe(16u);
        BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(20)).ShouldBe((ushort)1);
        BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(22)).ShouldBe((ushort)1);
        BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(24)).ShouldBe(44100u);
        BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(28)).ShouldBe(88200u);
        BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(32)).ShouldBe((ushort)2);
        BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(34)).ShouldBe((ushort)16);
        file.AsSpan(36, 4).SequenceEqual("data"u8).ShouldBeTrue();
        BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(40)).ShouldBe(2000u);
    }

    [Fact]
    public void The_header_of_a_stream_marks_an_unknown_length()
    {
        var header = new byte[WaveFile.HeaderSize];
        WaveFile.WriteHeader(header, 24000, null);
        BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)).ShouldBe(uint.MaxValue);
        BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(40)).ShouldBe(uint.MaxValue);
    }

    [Theory]
    [InlineData(0f, 0)]
    [InlineData(1f, 32767)]
    [InlineData(-1f, -32767)]
    [InlineData(1.5f, 32767)]
    [InlineData(-7f, -32768)]
    [InlineData(float.PositiveInfinity, 32767)]
    [InlineData(float.NegativeInfinity, -32768)]
    [InlineData(float.NaN, 0)]
    [InlineData(0.6f / 32767, 1)]
    [InlineData(0.4f / 32767, 0)]
    [InlineData(-0.6f / 32767, -1)]
    public void Samples_are_clipped_and_rounded_to_the_nearest(float sample, short expected)
    {
        foreach (var length in (int[])[1, 9, 8200])
        {
            var bytes = new byte[2 * length];
            WaveFile.WriteSamples(Enumerable.Repeat(sample, length).ToArray(), bytes);
            for (var i = 0; i < length; i++) BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(2 * i)).ShouldBe(expected);
        }
    }
}
