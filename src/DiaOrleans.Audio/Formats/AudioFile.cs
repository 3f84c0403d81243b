using DiaOrleans.Audio.Memory;

namespace DiaOrleans.Audio.Formats;

/// <summary>
/// A whole file, encoded while its samples arrive. Its header is completed at the end: sizes in WAV, length and checksum in FLAC, length in
/// MP3. Not thread-safe; may block.
/// </summary>
/// <param name="format">The format to write.</param>
/// <param name="sampleRate">Hz; a rate that <see cref="AudioFormats.RateFor"/> returns for the format.</param>
/// <exception cref="AudioEncodingException">The format's library or program is missing or fails.</exception>
/// <exception cref="ArgumentOutOfRangeException">The format does not support the rate.</exception>
public sealed class AudioFile(AudioFormat format, int sampleRate) : IDisposable
{
    private readonly IAudioEncoder _encoder = AudioEncoders.Create(format, sampleRate, whole: true);
    private readonly ByteChunks _bytes = new();

    /// <summary>Encodes samples.</summary>
    /// <param name="samples">Mono, -1 to 1.</param>
    /// <exception cref="AudioEncodingException">The format's library or program fails.</exception>
    public void Write(ReadOnlySpan<float> samples) => _encoder.Write(samples, _bytes);

    /// <summary>Ends the file. Call it once, after the last sample.</summary>
    /// <returns>The file's bytes in order, in pieces of at most 64 KiB, for <see cref="AudioPieces.GiveBack"/>.</returns>
    /// <exception cref="AudioEncodingException">The format's library or program fails, or the format cannot hold so much audio.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> Finish()
    {
        _encoder.Finish(_bytes);
        if (_encoder is IFinalHeader header) header.WriteFinalHeader(_bytes.First());
        return _bytes.Take();
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();
}
