using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Tests.Decoding;

public sealed class FrameBudgetTests
{
    [Theory]
    [InlineData(100, 0, 200)]
    [InlineData(100, 1, 215)]
    [InlineData(62.5, 20, 313)]
    [InlineData(62.5, 40, 500)]
    [InlineData(44100 / 512.0, 100, 1465)]
    [InlineData(44100 / 512.0, int.MaxValue, int.MaxValue)]
    public void Grows_with_the_text(double frameRate, int bytes, int frames) => FrameBudget.ForText(frameRate, bytes).ShouldBe(frames);

    [Fact]
    public void Does_not_round_a_whole_number_up()
    {
        for (var bytes = 0; bytes <= 4096; bytes++) FrameBudget.ForText(100, bytes).ShouldBe(200 + (15 * bytes));
    }

    [Fact]
    public void Needs_a_frame_rate() => Should.Throw<ArgumentOutOfRangeException>(() => FrameBudget.ForText(0, 10));
}
