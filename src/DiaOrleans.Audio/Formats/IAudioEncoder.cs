using System.Buffers;

namespace DiaOrleans.Audio.Formats;

/// <summary>
/// Encodes one mono stream while its samples arrive: one header, then frames. The bytes do not depend on how the samples were divided into
/// calls. Not thread-safe; may block.
/// </summary>
public interface IAudioEncoder : IDisposable
{
    /// <summary>Encodes samples and writes the bytes that are ready.</summary>
    /// <param name="samples">Mono, -1 to 1.</param>
    /// <param name="output">Receives the bytes.</param>
    /// <exception cref="AudioEncodingException">The format's library or program fails.</exception>
    void Write(ReadOnlySpan<float> samples, IBufferWriter<byte> output);

    /// <summary>Ends the stream and writes the remaining bytes. Call it once, after the last sample.</summary>
    /// <param name="output">Receives the bytes.</param>
    /// <exception cref="AudioEncodingException">The format's library or program fails.</exception>
    void Finish(IBufferWriter<byte> output);
}
