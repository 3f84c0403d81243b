using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Execution;

/// <summary>A window of codes has the same samples, to the bit, in every batch of windows.</summary>
public sealed class CodecBatchTests
{
    // The first three windows of a call with their context, and a last one.
    private static readonly CodecWindow[] Shapes = [new(0, 0, 8, 18), new(0, 10, 26, 36), new(0, 10, 53, 63), new(0, 10, 11, 11)];

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
    public void DecodeWindows_WindowsWithDifferentContexts_Throws()
    {
        using var codec = Open(ReferenceCheckpoints.Folder("dac-tiny"), threads: 1);
        var random = new Random(1);
        var first = Window(codec, random, 18, new FrameRange(0, 8));
        Should.Throw<ArgumentException>(() => codec.DecodeWindows([first, first with { Kept = new FrameRange(0, 7) }]));
    }

    [Theory]
    [InlineData(0, 8, 18)]
    [InlineData(10, 12, 22)]
    [InlineData(10, 31, 41)]
    [InlineData(10, 40, 40)]
    [InlineData(4, 5, 15)]
    [InlineData(0, 1, 1)]
    public void DecodeWindows_ContextLeftOut_ChangesNothingButTheRounding(int from, int to, int frames)
    {
        foreach (var folder in (string[])["dac-tiny", "dac-nano-tiny"])
        {
            using var codec = Open(ReferenceCheckpoints.Folder(folder), threads: 1);
            var all = Window(codec, new Random(frames), frames);
            var kept = new FrameRange(from, to);
            var wanted = new SampleRange(from * codec.Config.HopLength, to * codec.Config.HopLength);
            var part = codec.DecodeWindows([all with { Kept = kept, Wanted = wanted }])[0];
            Golden.ShouldMatch(part, codec.DecodeWindows([all])[0][wanted.Start..wanted.End], 2e-5, $"{folder} {kept}");
        }
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
        foreach (var shape in Shapes)
        {
            WindowCodes[] windows = [.. Enumerable.Range(0, count).Select(_ => Window(codec, random, shape.Last, shape.Kept))];
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

    private static WindowCodes Window(Codec codec, Random random, int frames) =>
        Window(codec, random, frames, new FrameRange(0, frames));

    private static WindowCodes Window(Codec codec, Random random, int frames, FrameRange kept)
    {
        var channels = codec.Config.Codebooks;
        short[] cells = [.. Enumerable.Range(0, frames * channels).Select(_ => (short)random.Next(codec.Config.CodebookSize))];
        var wanted = new SampleRange(kept.From * codec.Config.HopLength, kept.To * codec.Config.HopLength);
        return new WindowCodes(new CodeGrid(cells, channels), kept, wanted);
    }
}
