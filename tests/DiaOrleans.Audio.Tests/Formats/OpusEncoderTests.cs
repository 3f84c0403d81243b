using System.Buffers.Binary;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Tests.Signals;

namespace DiaOrleans.Audio.Tests.Formats;

public sealed class OpusEncoderTests
{
    [Fact]
    public void A_page_holds_at_most_a_tenth_of_a_second()
    {
        var ends = Pages(Encode(seed: 1)).Select(p => p.End).Where(e => e > 0).ToArray();
        ends.Length.ShouldBeGreaterThan(20);
        for (var n = 1; n < ends.Length; n++) (ends[n] - ends[n - 1]).ShouldBeInRange(0, 4800);
    }

    [Fact]
    public void The_last_page_ends_with_the_last_sample()
    {
        var file = Encode(seed: 1);
        var skip = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(file.AsSpan().IndexOf("OpusHead"u8) + 10));
        (Pages(file)[^1].End - skip).ShouldBe(Voice.Speak(2.5, 48000).Length);
    }

    [Fact]
    public void The_serial_number_depends_on_the_samples()
    {
        var first = Pages(Encode(seed: 1));
        first.ShouldAllBe(p => p.Serial == first[0].Serial);
        Pages(Encode(seed: 1))[0].Serial.ShouldBe(first[0].Serial);
        Pages(Encode(seed: 2))[0].Serial.ShouldNotBe(first[0].Serial);
    }

    private static byte[] Encode(int seed)
    {
        if (AudioFormat.Opus.Missing() is { } missing) Assert.Skip(missing);
        return AudioEncodersTests.Stream(AudioFormat.Opus, Voice.Speak(2.5, 48000, seed), 48000, 700);
    }

    private static List<(long End, int Serial)> Pages(ReadOnlySpan<byte> file)
    {
        var pages = new List<(long, int)>();
        while (!file.IsEmpty)
        {
            file[..4].SequenceEqual("OggS"u8).ShouldBeTrue();
            pages.Add((BinaryPrimitives.ReadInt64LittleEndian(file[6..]), BinaryPrimitives.ReadInt32LittleEndian(file[14..])));
            var length = 27 + file[26];
            foreach (var segment in file.Slice(27, file[26])) length += segment;
            file = file[length..];
        }

        return pages;
    }
}
