using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class PromptAudioTests
{
    private const int Rate = PromptAudio.SampleRate;

    [Theory]
    [InlineData(0.01f)]
    [InlineData(1f)]
    [InlineData(1e-6f)]
    [InlineData(1e30f)]
    public void The_loudest_sample_is_scaled_to_full_level(float level) =>
        Normalise([0, level, -level / 2, 0]).Max(Math.Abs).ShouldBe(0.95f, 1e-4f);

    [Fact]
    public void Silence_stays_silence() => Normalise(new float[Rate]).ShouldAllBe(sample => sample == 0);

    [Fact]
    public void Samples_that_are_not_finite_are_silence() =>
        Normalise([float.NaN, 0.5f, float.PositiveInfinity, -0.5f]).ShouldBe([0, 0.95f, 0, -0.95f]);

    [Fact]
    public void Other_rates_are_resampled_to_44100()
    {
        var tone = new Recording([.. Enumerable.Range(0, 8000).Select(i => MathF.Sin(i * 0.1f))], 8000, 1);
        PromptAudio.Normalise(tone).Samples.Length.ShouldBe(44100);
        PromptAudio.ToWave(PromptAudio.Normalise(tone).Samples).Length.ShouldBe(44 + 2 * 44100);
    }

    [Theory]
    [InlineData(0.4f, 0.05f, Rate)]
    [InlineData(-0.9f, 0.01f, Rate)]
    [InlineData(0.02f, 0.3f, 16000)]
    [InlineData(5000f, 200f, 48000)]
    public void Dc_is_removed(float offset, float level, int rate)
    {
        var tone = Enumerable.Range(0, 2 * rate).Select(i => offset + level * MathF.Sin(2 * MathF.PI * 200 * i / rate));
        var samples = PromptAudio.Normalise(new Recording([.. tone], rate, 1)).Samples;
        samples.Average().ShouldBe(0, 1e-3f);
        Rms(samples[2000..^2000]).ShouldBe(0.95 / Math.Sqrt(2), 0.01);
    }

    [Theory]
    [InlineData(1, 1f)]
    [InlineData(1, -0.3f)]
    [InlineData(40, 0.8f)]
    public void Single_clicks_leave_the_speech_at_its_level(int clicks, float height)
    {
        var tone = Tone(3, 0.005f);
        for (var i = 0; i < clicks; i++) tone[3000 * (i + 1)] = i % 2 == 0 ? height : -height;
        var samples = Normalise(tone);
        samples.Max(Math.Abs).ShouldBe(0.95f, 1e-4f);
        // The click is 12 dB above the tone.
        Rms(samples).ShouldBe(0.95 / 3.98 / Math.Sqrt(2), 0.01);
        samples[3000].ShouldBe(height > 0 ? 0.95f : -0.95f, 1e-3f);
    }

    [Fact]
    public void Loud_parts_that_are_no_clicks_stay_as_they_are()
    {
        var quietThenLoud = Tone(3, 0.02f);
        Tone(0.05, 0.9f).CopyTo(quietThenLoud, Rate);
        var samples = Normalise(quietThenLoud);
        Rms(samples[Rate..(Rate + Rate / 20)]).ShouldBe(0.95 / Math.Sqrt(2), 0.01);
    }

    [Theory]
    [InlineData(0.0013f, true)]
    [InlineData(0.0016f, false)]
    [InlineData(0f, true)]
    [InlineData(0.5f, false)]
    public void A_recording_is_silent_under_an_rms_of_minus_60_dbfs(float level, bool expected) =>
        PromptAudio.Normalise(new Recording(Tone(1, level), Rate, 1)).IsSilent.ShouldBe(expected);

    [Fact]
    public void Dc_and_a_click_alone_are_silence()
    {
        var samples = new float[Rate];
        Array.Fill(samples, 0.3f);
        samples[500] = 1;
        PromptAudio.Normalise(new Recording(samples, Rate, 1)).IsSilent.ShouldBeTrue();
    }

    private static float[] Normalise(float[] samples) => PromptAudio.Normalise(new Recording(samples, Rate, 1)).Samples;

    private static float[] Tone(double seconds, float level) =>
        [.. Enumerable.Range(0, (int)(seconds * Rate)).Select(i => level * MathF.Sin(2 * MathF.PI * 210 * i / Rate))];

    private static double Rms(float[] samples) => Math.Sqrt(samples.Average(sample => (double)sample * sample));
}
