namespace DiaOrleans.Audio.Reading;

/// <summary>
/// Decodes a file to mono: the average of its channels, or the loudest channel if they nearly cancel each other. The file is then decoded a
/// second time, so that the samples of one channel are in memory and not those of all.
/// </summary>
internal static class MonoDecoding
{
    /// <summary>Runs a decoder once or twice.</summary>
    /// <param name="decode">Decodes the whole file; its argument is the channel to keep, null averages all.</param>
    /// <exception cref="RecordingException">It has no samples, or <paramref name="decode"/> failed.</exception>
    public static Recording Read(Func<int?, RecordingBuilder> decode)
    {
        var average = decode(null);
        return (average.LoudestIfCancelled is { } channel ? decode(channel) : average).Build();
    }
}
