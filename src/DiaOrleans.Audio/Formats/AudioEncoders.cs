namespace DiaOrleans.Audio.Formats;

/// <summary>Creates encoders. All are mono, and equal samples give equal bytes.</summary>
public static class AudioEncoders
{
    /// <summary>Creates an encoder for audio that is sent while it is made: its header does not state the length.</summary>
    /// <param name="format">The format to write.</param>
    /// <param name="sampleRate">Hz; a rate that <see cref="AudioFormats.RateFor"/> returns for the format.</param>
    /// <exception cref="AudioEncodingException">The format's library or program is missing or fails.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The format does not support the rate.</exception>
    public static IAudioEncoder Create(AudioFormat format, int sampleRate) => Create(format, sampleRate, whole: false);

    internal static IAudioEncoder Create(AudioFormat format, int sampleRate, bool whole)
    {
        Check(format, sampleRate);
        return AudioFormats.Find(format).Create(sampleRate, whole);
    }

    private static void Check(AudioFormat format, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        if (format.RateFor(sampleRate) != sampleRate)
        {
            throw new ArgumentOutOfRangeException(nameof(sampleRate), sampleRate, $"{format.Name()} has no rate of {sampleRate} Hz.");
        }

        if (format.Missing() is { } missing) throw new AudioEncodingException(missing);
    }
}
