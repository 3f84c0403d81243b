using DiaOrleans.Audio.Resampling;
using DiaOrleans.Audio.Wave;

namespace DiaOrleans.Grains.Jobs;

/// <summary>A model's samples as the file that the client asked for.</summary>
internal static class SpeechEncoder
{
    /// <summary>Hz, where the client asks for no other rate.</summary>
    public const int DefaultRate = 44100;

    public static byte[] Encode(float[] samples, int sampleRate, int askedRate) => WaveFile.Encode(Resampler.Convert(samples, sampleRate, askedRate), askedRate);
}
