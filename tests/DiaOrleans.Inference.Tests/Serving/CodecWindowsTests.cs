using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Serving;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class CodecWindowsTests
{
    [Theory]
    [InlineData(new[] { 8, 8, 4, 2 })]
    [InlineData(new[] { 8, 8, 4, 4 })]
    public void Published_codecs_hear_ten_frames_each_way(int[] ratios) =>
        CodecWindows.Context(new DacConfig(44100, ratios.Aggregate(1, (a, b) => a * b), 64, [.. ratios.Reverse()], 1536, ratios, 1024, 9, 1024, 8)).ShouldBe(10);

    [Property]
    public void Windows_cover_every_frame_once_with_their_context(byte start, byte length, byte size)
    {
        var (from, to, most) = ((int)start, start + length, size % 50 + 1);
        var next = from;
        foreach (var window in CodecWindows.Plan(from, to, to, most, 10))
        {
            window.From.ShouldBe(next);
            window.To.ShouldBeGreaterThan(window.From);
            (window.To - window.From).ShouldBeLessThanOrEqualTo(most);
            window.First.ShouldBe(Math.Max(0, window.From - 10));
            window.Last.ShouldBe(Math.Min(to, window.To + 10));
            next = window.To;
        }

        next.ShouldBe(to);
    }
}
