using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

public sealed class WaveRepairTests
{
    private static readonly byte[] Mono = WaveBytes.Format(WaveBytes.Pcm, 16, 1, 8000);
    private static readonly short[] Samples = [.. Enumerable.Range(0, 8000).Select(i => (short)(100 + i))];
    private static readonly byte[] Content = [.. Samples.SelectMany(BitConverter.GetBytes)];
    private static readonly byte[] Comment = WaveBytes.Chunk("LIST", [.. "INFO"u8, .. WaveBytes.Chunk("ICMT", new byte[6001])]);

    public static TheoryData<uint> Sizes => [0, 2, 1000, 8000, 16002, 0x7FFF_FFFF, 0x8000_0000, uint.MaxValue];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_wrong_size_of_the_samples_has_no_effect(uint size)
    {
        var file = Sized(size);
        ShouldHold(file, Samples);
        file.AsSpan(4, 4).Clear();
        ShouldHold(file, Samples);
    }

    [Fact]
    public void A_file_with_right_sizes_is_not_copied()
    {
        foreach (var file in (byte[][])
        [
            WaveBytes.Pcm16(8000, 1, Samples),
            WaveBytes.Pcm16(8000, 1),
            WaveBytes.File(Comment, Mono, WaveBytes.Chunk("data", Content), Comment),
            WaveBytes.File(Mono, WaveBytes.Chunk("data", []), Comment),
            [.. WaveBytes.Pcm16(8000, 1, Samples), .. "TAG"u8, .. new byte[125]],
            [],
            [.. "RIFF"u8],
            [.. "RIFF\0\0\0\0WAVE"u8],
            WaveBytes.File(Mono),
        ])
        {
            WaveRepair.Apply(file).Equals(file).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_file_that_broke_off_is_read_as_far_as_it_came() =>
        ShouldHold(WaveBytes.Pcm16(8000, 1, Samples)[..(44 + 2 * 5000)], Samples[..5000]);

    [Fact]
    public void Files_that_were_joined_are_one_recording()
    {
        var second = WaveBytes.File(Mono, WaveBytes.Chunk("data", Content.AsSpan(0, 2000).ToArray()));
        byte[] joined = [.. WaveBytes.File(Mono, WaveBytes.Chunk("data", Content), Comment), .. second, .. second];
        ShouldHold(joined, [.. Samples, .. Samples[..1000], .. Samples[..1000]]);
    }

    [Fact]
    public void Joined_files_of_different_formats_are_refused()
    {
        byte[] joined = [.. WaveBytes.Pcm16(8000, 1, Samples), .. WaveBytes.Pcm16(16000, 1, Samples)];
        Should.Throw<RecordingException>(() => WaveRepair.Apply(joined)).Problem.ShouldBe(RecordingProblem.Unreadable);
    }

    private static byte[] Sized(uint size) => WaveBytes.File(Mono, WaveBytes.Chunk("data", Content, size));

    private static void ShouldHold(byte[] file, short[] samples)
    {
        var expected = samples.Select(sample => sample / 32768f).ToArray();
        foreach (var reader in (IRecordingReader[])[new NAudioReader(), new SoundFileReader()])
        {
            if (reader is IOptionalReader { Missing: not null }) continue;
            reader.Read(file, new ReadLimits(60)).Samples.ShouldBe(expected);
        }
    }
}
