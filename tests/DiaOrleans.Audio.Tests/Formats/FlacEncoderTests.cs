using System.Buffers.Binary;
using System.Security.Cryptography;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Tests.Signals;

namespace DiaOrleans.Audio.Tests.Formats;

public sealed class FlacEncoderTests
{
    [Fact]
    public void A_whole_file_states_its_length_and_the_checksum_of_its_samples()
    {
        var samples = Samples();
        var info = StreamInfo(WholeFile.Encode(AudioFormat.Flac, samples, 24000));
        TotalSamples(info).ShouldBe(samples.Length);
        info[18..34].SequenceEqual(MD5.HashData(WholeFile.Encode(AudioFormat.Pcm, samples, 24000))).ShouldBeTrue();
    }

    [Fact]
    public void A_stream_states_neither()
    {
        var info = StreamInfo(AudioEncodersTests.Stream(AudioFormat.Flac, Samples(), 24000, 500));
        TotalSamples(info).ShouldBe(0);
        info[18..34].IndexOfAnyExcept((byte)0).ShouldBe(-1);
    }

    [Fact]
    public void A_stream_and_a_whole_file_hold_the_same_frames()
    {
        var stream = AudioEncodersTests.Stream(AudioFormat.Flac, Samples(), 24000, 500);
        var whole = WholeFile.Encode(AudioFormat.Flac, Samples(), 24000);
        whole.AsSpan(42).SequenceEqual(stream.AsSpan(42)).ShouldBeTrue();
    }

    private static float[] Samples()
    {
        if (AudioFormat.Flac.Missing() is { } missing) Assert.Skip(missing);
        return Voice.Speak(1, 24000);
    }

    private static ReadOnlySpan<byte> StreamInfo(byte[] file)
    {
        file.AsSpan(0, 4).SequenceEqual("fLaC"u8).ShouldBeTrue();
        return file.AsSpan(8, 34);
    }

    private static long TotalSamples(ReadOnlySpan<byte> info) => BinaryPrimitives.ReadInt64BigEndian(info[10..]) & 0xF_FFFF_FFFF;
}
