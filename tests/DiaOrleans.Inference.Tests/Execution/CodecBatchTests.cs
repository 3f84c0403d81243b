using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Execution;

/// <summary>A window of codes has the same samples, to the bit, in every batch of windows.</summary>
public sealed class CodecBatchTests
{
    // The first three windows of a call with their context, and a last one.
    private static readonly int[] Lengths = [18, 36, 63, 11];

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void DecodeWindows_NanoWithOtherWindows_GivesTheSamplesOfAWindowAlone(int count) =>
        Differences(CodecLocator.Find(ReferenceCheckpoints.Folder("dia-nano"), null), threads: 1, count).ShouldBe(0);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void DecodeWindows_OtherRatiosWithOtherWindows_GivesTheSamplesOfAWindowAlone(int count) =>
        Differences(ReferenceCheckpoints.Folder("dac-tiny"), threads: 1, count).ShouldBe(0);

    [Fact]
    public void DecodeWindows_WindowsOfDifferentLengths_Throws()
    {
        using var codec = Open(ReferenceCheckpoints.Folder("dac-tiny"), threads: 1);
        var random = new Random(1);
        Should.Throw<ArgumentException>(() => codec.DecodeWindows([Window(codec, random, 18), Window(codec, random, 19)]));
    }

    [Fact]
    public void DecodeWindows_PartOfAWindow_GivesThoseSamples()
    {
        using var codec = Open(ReferenceCheckpoints.Folder("dac-tiny"), threads: 1);
        var window = Window(codec, new Random(1), 18);
        var whole = codec.DecodeWindows([window])[0];
        codec.DecodeWindows([window with { Wanted = new SampleRange(7, 100) }])[0].ShouldBe(whole[7..100]);
    }

    /// <summary>Samples that differ between windows alone and the same windows together.</summary>
    private static int Differences(string folder, int threads, int count)
    {
        using var codec = Open(folder, threads);
        var random = new Random(1);
        var different = 0;
        foreach (var frames in Lengths)
        {
            WindowCodes[] windows = [.. Enumerable.Range(0, count).Select(_ => Window(codec, random, frames))];
            var together = codec.DecodeWindows(windows);
            for (var i = 0; i < count; i++)
            {
                var alone = codec.DecodeWindows([windows[i]])[0];
                different += alone.Zip(together[i]).Count(pair => !pair.First.Equals(pair.Second));
            }
        }

        return different;
    }

    private static Codec Open(string folder, int threads) => new(DacCheckpoint.Open(folder), ExecutionTarget.Default, threads);

    private static WindowCodes Window(Codec codec, Random random, int frames)
    {
        var channels = codec.Config.Codebooks;
        short[] cells = [.. Enumerable.Range(0, frames * channels).Select(_ => (short)random.Next(codec.Config.CodebookSize))];
        return new WindowCodes(new CodeGrid(cells, channels), new SampleRange(0, frames * codec.Config.HopLength));
    }
}
