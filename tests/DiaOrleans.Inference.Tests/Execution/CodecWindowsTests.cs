using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class CodecWindowsTests
{
    [Theory]
    [InlineData(new[] { 8, 8, 4, 2 })]
    [InlineData(new[] { 8, 8, 4, 4 })]
    public void Published_codecs_hear_ten_frames_each_way(int[] ratios) =>
        CodecWindows.Context(new DacConfig(44100, ratios.Aggregate(1, (a, b) => a * b), 64, [.. ratios.Reverse()], 1536, ratios, 1024, 9, 1024, 8)).ShouldBe(10);
}
