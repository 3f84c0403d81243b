namespace DiaOrleans.Audio.Reading;

/// <summary>Tries readers in order until one of them supports the file.</summary>
/// <param name="readers">Readers whose library or program is missing are skipped.</param>
public sealed class RecordingReaders(IReadOnlyList<IRecordingReader> readers) : IRecordingReader
{
    /// <summary>
    /// Every reader of this assembly: libsndfile first, because it reads the most formats in this process; NAudio for WAV without
    /// libsndfile; ffmpeg last, because it starts a process for each file.
    /// </summary>
    public static RecordingReaders Create() => new([new SoundFileReader(), new NAudioReader(), new FfmpegReader()]);

    internal IReadOnlyList<IRecordingReader> Readers => readers;

    /// <summary>
    /// One sentence for each library or program that is missing: its name, the formats that it reads and its Debian package.
    /// </summary>
    public IReadOnlyList<string> Missing { get; } = [.. readers.OfType<IOptionalReader>().Select(r => r.Missing).OfType<string>()];

    /// <inheritdoc/>
    /// <remarks>If none supports the file, the message is that of the last reader, followed by <see cref="Missing"/>.</remarks>
    public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default)
    {
        RecordingException? last = null;
        foreach (var reader in readers)
        {
            if (reader is IOptionalReader { Missing: not null }) continue;
            try
            {
                return reader.Read(file, limits, cancellationToken);
            }
            catch (RecordingException e) when (e.Problem == RecordingProblem.Unreadable)
            {
                last = e;
            }
        }

        if (last is not null && Missing.Count == 0) throw last;
        var message = string.Join(' ', [last?.Message ?? "Nothing here reads sound files.", .. Missing]);
        throw new RecordingException(RecordingProblem.Unreadable, message, last);
    }
}
