using System.Buffers;

namespace DiaOrleans.Audio.Formats;

/// <summary>Encodes one mono stream as it comes: one header, then frames. Bytes do not depend on how the samples were cut into blocks. Not thread-safe; may block.</summary>
public interface IAudioEncoder : IDisposable
{
    /// <summary>Takes samples, -1 to 1, and writes what is encoded so far.</summary>
    void Write(ReadOnlySpan<float> samples, IBufferWriter<byte> output);

    /// <summary>Writes what is left. Call it once, after the last sample.</summary>
    void Finish(IBufferWriter<byte> output);
}

/// <summary>What audio can be sent as; spec/api.md 2.1.</summary>
public enum AudioFormat
{
    /// <summary>RIFF, 16-bit PCM.</summary>
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
