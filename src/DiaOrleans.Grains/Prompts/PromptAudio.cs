using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Audio.Resampling;

namespace DiaOrleans.Grains.Prompts;

/// <summary>The form in which an uploaded recording is stored; spec/api.md 5.</summary>
internal static class PromptAudio
{
    /// <summary>Hz.</summary>
    public const int SampleRate = 44100;

    /// <summary>Absolute value of the loudest sample; full scale is 1.</summary>
    private const double Peak = 0.95;

    /// <summary>A recording below this peak is silent: amplified to full level it would be noise.</summary>
    private const double Silence = 1e-9;

    /// <summary>
    /// The samples at <see cref="SampleRate"/> with the loudest at 0.95. Samples that are not finite are read as 0. Silence stays silence.
    /// </summary>
    public static float[] Normalise(Recording recording)
    {
        var samples = recording.Samples.Select(sample => float.IsFinite(sample) ? sample : 0f).ToArray();
        var resampled = Resampler.Convert(samples, recording.SampleRate, SampleRate);
        var loudest = resampled.Max(sample => Math.Abs((double)sample));
        if (loudest < Silence) return resampled;
        for (var i = 0; i < resampled.Length; i++) resampled[i] = (float)(resampled[i] * (Peak / loudest));
        return resampled;
    }

    /// <summary>A WAV file of mono samples at <see cref="SampleRate"/>.</summary>
    public static byte[] ToWave(float[] samples) => WaveFile.Encode(samples, SampleRate);
}
