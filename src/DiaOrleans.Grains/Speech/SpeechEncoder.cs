using DiaOrleans.Audio.Resampling;
using DiaOrleans.Audio.Wave;

namespace DiaOrleans.Grains.Speech;

/// <summary>From the model's samples to the bytes that a client gets.</summary>
internal static class SpeechEncoder
{
    /// <summary>Hz, where the client asks for nothing else.</summary>
    public const int DefaultRate = 44100;

    /// <summary>A whole WAV file, 16-bit mono at <paramref name="toHz"/>. Computes: call it outside a grain turn.</summary>
    public static byte[] Encode(float[] samples, int fromHz, int toHz) => WaveFile.Encode(Resampler.Convert(samples, fromHz, toHz), toHz);
}
