namespace DiaOrleans.Audio.Reading;

/// <summary>Decodes uploaded audio files. It blocks while it decodes: call it outside a grain turn. Thread-safe.</summary>
public interface IRecordingReader
{
    /// <summary>
    /// Decodes a whole file, or the part of a damaged file that can be decoded; the length that a header states has no effect. Channels are
    /// averaged to mono, or the loudest is taken if they nearly cancel each other. The sample rate is kept.
    /// </summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="limits">Checked while decoding, because a small file may hold hours of audio.</param>
    /// <param name="cancellationToken">Stops the decoding.</param>
    /// <exception cref="RecordingException">The file cannot be read.</exception>
    Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default);
}
