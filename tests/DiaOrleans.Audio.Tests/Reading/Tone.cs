using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

internal static class Tone
{
    /// <summary>The tone of <see cref="MadeByFfmpeg"/>, halved by the silent channel.</summary>
    public static void Check(Recording recording, double tolerance)
    {
        recording.Channels.ShouldBe(2);
        recording.Duration.TotalSeconds.ShouldBe(0.6, 0.11);
        var middle = recording.Samples.AsSpan((int)(0.15 * recording.SampleRate), (int)(0.25 * recording.SampleRate));
        Amplitude(middle, 440, recording.SampleRate).ShouldBe(0.25, tolerance);
        Amplitude(middle, 880, recording.SampleRate).ShouldBe(0, tolerance);
    }

    private static double Amplitude(ReadOnlySpan<float> samples, double hz, int sampleRate)
    {
        double sine = 0, cosine = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var (s, c) = Math.SinCos(2 * Math.PI * hz * i / sampleRate);
            sine += samples[i] * s;
            cosine += samples[i] * c;
        }

        return 2 * Math.Sqrt(sine * sine + cosine * cosine) / samples.Length;
    }
}
