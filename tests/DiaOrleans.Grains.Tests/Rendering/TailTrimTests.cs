using DiaOrleans.Grains.Rendering;

namespace DiaOrleans.Grains.Tests.Rendering;

public sealed class TailTrimTests
{
    [Fact]
    public void What_follows_the_last_speech_is_cut_a_fifth_of_a_second_later()
    {
        float[] samples = [.. Enumerable.Repeat(0.5f, 1000), .. Enumerable.Repeat(0.001f, 3000)];
        TailTrim.Cut(samples, 1000).ShouldBe(samples[..1200]);
    }

    [Fact]
    public void Silence_inside_speech_stays()
    {
        float[] samples = [.. Enumerable.Repeat(0.5f, 100), .. new float[2000], .. Enumerable.Repeat(0.5f, 100)];
        TailTrim.Cut(samples, 1000).ShouldBe(samples);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(500)]
    public void Silence_alone_is_left_as_it_is(int length) => TailTrim.Cut(new float[length], 1000).Length.ShouldBe(length);
}
