using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Audio.Resampling;

namespace DiaOrleans.Grains.Prompts;

/// <summary>How an uploaded recording is stored; spec/api.md 5.</summary>
internal static class PromptAudio
{
    public const int SampleRate = 44100;

    private const double Peak = 0.95;

    /// <summary>Below it nothing can be heard, and amplifying it to full level would only make noise.</summary>
    private const double Silence = 1e-9;

    /// <summary>At 44 100 Hz, the loudest sample at 0.95; silence stays silent.</summary>
    public static float[] Normalise(Recording recording)
    {
        var samples = recording.Samples.Select(sample => float.IsFinite(sample) ? sample : 0f).ToArray();
        var resampled = Resampler.Convert(samples, recording.SampleRate, SampleRate);
        var loudest = resampled.Max(sample => Math.Abs((double)sample));
        if (loudest < Silence) return resampled;
        for (var i = 0; i < resampled.Length; i++) resampled[i] = (float)(resampled[i] * (Peak / loudest));
        return resampled;
    }

    public static byte[] ToWave(float[] samples) => WaveFile.Encode(samples, SampleRate);
}
