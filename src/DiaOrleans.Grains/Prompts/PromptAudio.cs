using System.Numerics.Tensors;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Audio.Resampling;

namespace DiaOrleans.Grains.Prompts;

/// <summary>A recording in the form in which it is stored.</summary>
/// <param name="Samples">Mono at <see cref="PromptAudio.SampleRate"/>, the loudest at 0.95.</param>
/// <param name="IsSilent">True if the recording had an RMS under -60 dBFS, without DC and clicks, before its level was changed.</param>
internal sealed record NormalisedAudio(float[] Samples, bool IsSilent);

/// <summary>The form in which an uploaded recording is stored; docs/api.md, Audio prompts.</summary>
internal static class PromptAudio
{
    /// <summary>Hz.</summary>
    public const int SampleRate = 44100;

    /// <summary>Absolute value of the loudest sample; full scale is 1.</summary>
    private const double Peak = 0.95;

    /// <summary>A recording below this peak is silent: amplified to full level it would be noise.</summary>
    private const double Silence = 1e-9;

    /// <summary>RMS of a silent recording at most: -60 dBFS.</summary>
    private const double SilentRms = 0.001;

    /// <summary>This part of the samples has at most the usual level of the recording.</summary>
    private const double UsualPart = 0.999;

    /// <summary>A louder sample than this many times the usual level is a click: 12 dB.</summary>
    private static readonly double ClickRatio = Math.Pow(10, 12.0 / 20);

    /// <summary>
    /// The samples at <see cref="SampleRate"/> without DC, clicks limited, the loudest at 0.95. Samples that are not finite are read as 0.
    /// Silence stays silence.
    /// </summary>
    public static NormalisedAudio Normalise(Recording recording)
    {
        var samples = recording.Samples.Select(sample => float.IsFinite(sample) ? sample : 0f).ToArray();
        RemoveDc(samples);
        var resampled = Resampler.Convert(samples, recording.SampleRate, SampleRate);
        LimitClicks(resampled);
        var isSilent = Rms(resampled) < SilentRms;
        var loudest = resampled.Max(sample => Math.Abs((double)sample));
        if (loudest < Silence) return new NormalisedAudio(resampled, isSilent);
        for (var i = 0; i < resampled.Length; i++) resampled[i] = (float)(resampled[i] * (Peak / loudest));
        return new NormalisedAudio(resampled, isSilent);
    }

    /// <summary>A WAV file of mono samples at <see cref="SampleRate"/>.</summary>
    public static byte[] ToWave(float[] samples) => WaveFile.Encode(samples, SampleRate);

    private static void RemoveDc(float[] samples)
    {
        var mean = samples.Average(sample => (double)sample);
        for (var i = 0; i < samples.Length; i++) samples[i] = (float)(samples[i] - mean);
    }

    private static void LimitClicks(float[] samples)
    {
        var limit = (float)Math.Min(ClickRatio * UsualLevel(samples), float.MaxValue);
        for (var i = 0; i < samples.Length; i++) samples[i] = Math.Clamp(samples[i], -limit, limit);
    }

    /// <summary>The 99.9th percentile of the absolute samples; the loudest of fewer than 1000 samples.</summary>
    private static float UsualLevel(float[] samples)
    {
        var levels = new float[samples.Length];
        TensorPrimitives.Abs(samples, levels);
        Array.Sort(levels);
        return levels[(int)Math.Ceiling(UsualPart * levels.Length) - 1];
    }

    private static double Rms(float[] samples) => Math.Sqrt(samples.Sum(sample => (double)sample * sample) / samples.Length);
}
