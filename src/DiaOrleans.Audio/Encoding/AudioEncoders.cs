using System.Buffers;
using DiaOrleans.Audio.Wave;

namespace DiaOrleans.Audio.Encoding;

/// <summary>Makes encoders. All are mono, and equal samples give equal bytes.</summary>
public static class AudioEncoders
{
    /// <summary>An encoder for audio that is sent while it is made: its first bytes do not know the length.</summary>
    /// <param name="format">What to write.</param>
    /// <param name="sampleRate">Hz; one that <see cref="AudioFormats.RateFor"/> gives for the format.</param>
    /// <exception cref="AudioEncodingException">The format's library or program is missing or fails.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The format lacks the rate.</exception>
    public static IAudioEncoder Create(AudioFormat format, int sampleRate)
    {
        Check(format, sampleRate);
        return format switch
        {
            AudioFormat.Wav => new WaveEncoder(sampleRate),
            AudioFormat.Mp3 => new Mp3Encoder(sampleRate, whole: false),
            AudioFormat.Opus => new OpusEncoder(),
            AudioFormat.Aac => new AacEncoder(sampleRate),
            AudioFormat.Flac => new FlacEncoder(sampleRate, whole: false),
            AudioFormat.Pcm => new WaveEncoder(null),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
    }

    /// <summary>A whole file, its header complete: sizes in WAV, length and checksum in FLAC, length in MP3.</summary>
    /// <param name="format">What to write.</param>
    /// <param name="samples">All of them, -1 to 1.</param>
    /// <param name="sampleRate">Hz; one that <see cref="AudioFormats.RateFor"/> gives for the format.</param>
    /// <exception cref="AudioEncodingException">The format's library or program is missing or fails.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The format lacks the rate.</exception>
    public static byte[] EncodeWhole(AudioFormat format, ReadOnlySpan<float> samples, int sampleRate)
    {
        Check(format, sampleRate);
        switch (format)
        {
            case AudioFormat.Wav:
                return WaveFile.Encode(samples, sampleRate);
            case AudioFormat.Mp3:
                using (var encoder = new Mp3Encoder(sampleRate, whole: true))
                {
                    var file = Encode(encoder, samples);
                    encoder.CompleteHeader(file);
                    return file;
                }

            case AudioFormat.Flac:
                using (var encoder = new FlacEncoder(sampleRate, whole: true)) return Encode(encoder, samples);

            default:
                using (var encoder = Create(format, sampleRate)) return Encode(encoder, samples);
        }
    }

    private static byte[] Encode(IAudioEncoder encoder, ReadOnlySpan<float> samples)
    {
        var output = new ArrayBufferWriter<byte>();
        encoder.Write(samples, output);
        encoder.Finish(output);
        return output.WrittenSpan.ToArray();
    }

    private static void Check(AudioFormat format, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        if (format.RateFor(sampleRate) != sampleRate) throw new ArgumentOutOfRangeException(nameof(sampleRate), sampleRate, $"{format.Name()} has no rate of {sampleRate} Hz.");
        if (format.Missing() is { } missing) throw new AudioEncodingException(missing);
    }
}
