using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class CodecWindowsTests
{
    /// <summary>Kept frames at the clip's start, in its middle, at its end; all.</summary>
    [Theory]
    [InlineData(0, 8, 18)]
    [InlineData(10, 53, 63)]
    [InlineData(10, 15, 15)]
    [InlineData(0, 30, 30)]
    public void The_last_block_computes_little_more_than_the_kept_samples(int from, int to, int frames)
    {
        int[] ratios = [8, 8, 4, 2];
        var config = new DacConfig(44100, 512, 64, [.. ratios.Reverse()], 1536, ratios, 1024, 9, 1024, 8);
        var parts = CodecWindows.Parts(config, frames, new FrameRange(from, to));
        parts.Count.ShouldBe(5);
        var last = parts[3];
        var firstSample = parts.Take(4).Select((part, block) => part.Start * ratios[block..].Aggregate(1, (a, b) => a * b)).Sum();
        firstSample.ShouldBeInRange(Math.Max(0, from * 512 - 50), from * 512);
        (firstSample + (last.End - last.Start) * 2).ShouldBeInRange(to * 512, Math.Min(frames * 512, to * 512 + 50));
        parts[0].Start.ShouldBe(Math.Max(0, from - 7));
        parts[4].ShouldBe(new TimeRange(from * 512 - firstSample, to * 512 - firstSample));
    }

    [Theory]
    [InlineData(new[] { 8, 8, 4, 2 })]
    [InlineData(new[] { 8, 8, 4, 4 })]
    public void The_context_of_the_published_codecs_is_ten_frames(int[] ratios)
    {
        var hop = ratios.Aggregate(1, (a, b) => a * b);
        CodecWindows.Context(new DacConfig(44100, hop, 64, [.. ratios.Reverse()], 1536, ratios, 1024, 9, 1024, 8)).ShouldBe(10);
    }
}
