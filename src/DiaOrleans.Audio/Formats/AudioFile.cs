namespace DiaOrleans.Audio.Formats;

/// <summary>
/// A whole file, encoded as its samples come, its header completed at the end: sizes in WAV, length and checksum in FLAC, length in MP3. Not thread-safe; may block.
/// </summary>
/// <param name="format">What to write.</param>
/// <param name="sampleRate">Hz; one that <see cref="AudioFormats.RateFor"/> gives for the format.</param>
/// <exception cref="AudioEncodingException">The format's library or program is missing or fails.</exception>
/// <exception cref="ArgumentOutOfRangeException">The format lacks the rate.</exception>
public sealed class AudioFile(AudioFormat format, int sampleRate) : IDisposable
{
    private readonly IAudioEncoder _encoder = AudioEncoders.Create(format, sampleRate, whole: true);
    private readonly ByteChunks _bytes = new();

    /// <summary>Takes samples, -1 to 1.</summary>
    public void Write(ReadOnlySpan<float> samples) => _encoder.Write(samples, _bytes);

    /// <summary>The file in pieces, in their order. Call it once, after the last sample.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Finish()
    {
        _encoder.Finish(_bytes);
        if (_encoder is IHeaderAfterwards header) header.CompleteHeader(_bytes.First());
        return _bytes.Take();
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();
}
