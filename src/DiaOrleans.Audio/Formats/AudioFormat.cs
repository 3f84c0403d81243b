namespace DiaOrleans.Audio.Formats;

/// <summary>A format in which audio is sent; docs/api.md, Generation.</summary>
public enum AudioFormat
{
    /// <summary>RIFF WAVE, 16-bit PCM.</summary>
    Wav,

    /// <summary>MPEG-1/2 layer III.</summary>
    Mp3,

    /// <summary>Ogg Opus.</summary>
    Opus,

    /// <summary>AAC in ADTS frames.</summary>
    Aac,

    /// <summary>FLAC.</summary>
    Flac,

    /// <summary>16-bit samples, little-endian, without a header.</summary>
    Pcm,
}
