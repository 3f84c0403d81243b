using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class CodecWindowsTests
{
    [Theory]
    [InlineData(new[] { 8, 8, 4, 2 })]
    [InlineData(new[] { 8, 8, 4, 4 })]
    public void The_context_of_the_published_codecs_is_ten_frames(int[] ratios)
    {
        var hop = ratios.Aggregate(1, (a, b) => a * b);
        CodecWindows.Context(new DacConfig(44100, hop, 64, [.. ratios.Reverse()], 1536, ratios, 1024, 9, 1024, 8)).ShouldBe(10);
    }
}
