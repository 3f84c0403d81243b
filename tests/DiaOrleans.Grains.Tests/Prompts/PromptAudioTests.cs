using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class PromptAudioTests
{
    [Theory]
    [InlineData(0.01f)]
    [InlineData(1f)]
    [InlineData(1e-6f)]
    [InlineData(1e30f)]
    public void The_loudest_sample_is_scaled_to_full_level(float level) =>
        PromptAudio.Normalise(new Recording([0, level, -level / 2, 0], 44100, 1)).Max(Math.Abs).ShouldBe(0.95f, 1e-4f);

    [Fact]
    public void Silence_stays_silence() =>
        PromptAudio.Normalise(new Recording(new float[44100], 44100, 1)).ShouldAllBe(sample => sample == 0);

    [Fact]
    public void Samples_that_are_not_finite_are_silence()
    {
        var samples = PromptAudio.Normalise(new Recording([float.NaN, 0.5f, float.PositiveInfinity], 44100, 1));
        samples.ShouldBe([0, 0.95f, 0]);
    }

    [Fact]
    public void Other_rates_are_resampled_to_44100()
    {
        var tone = new Recording([.. Enumerable.Range(0, 8000).Select(i => MathF.Sin(i * 0.1f))], 8000, 1);
        PromptAudio.Normalise(tone).Length.ShouldBe(44100);
        PromptAudio.ToWave(PromptAudio.Normalise(tone)).Length.ShouldBe(44 + 2 * 44100);
    }
}
