using DiaOrleans.Audio.Formats;

namespace DiaOrleans.Audio.Tests.Formats;

internal static class WholeFile
{
    public static byte[] Encode(AudioFormat format, ReadOnlySpan<float> samples, int sampleRate)
    {
        using var file = new AudioFile(format, sampleRate);
        file.Write(samples);
        return Joined(file);
    }

    public static byte[] Joined(AudioFile file) => [.. file.Finish().SelectMany(piece => piece.ToArray())];
}
