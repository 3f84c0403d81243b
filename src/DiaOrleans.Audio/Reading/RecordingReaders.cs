namespace DiaOrleans.Audio.Reading;

/// <summary>
/// Tries readers in order until one of them supports the file. The content of the file decides. ffmpeg is the first for compressed files,
/// because it decodes them to their end: libsndfile ends where the first header states it.
/// </summary>
/// <param name="readers">Readers whose library or program is missing are skipped.</param>
public sealed class RecordingReaders(IReadOnlyList<IRecordingReader> readers) : IRecordingReader
{
    /// <summary>
    /// Every reader of this assembly: libsndfile first, because it reads the most formats in this process; NAudio for WAV without
    /// libsndfile; ffmpeg last, because it starts a process for each file.
    /// </summary>
    /// <param name="temporaryFolder">Folder for temporary files; null is the system's.</param>
    public static RecordingReaders Create(string? temporaryFolder = null) =>
        new([new SoundFileReader(), new NAudioReader(), new FfmpegReader(new() { TemporaryFolder = temporaryFolder })]);

    internal IReadOnlyList<IRecordingReader> Readers => readers;

    /// <summary>
    /// One sentence for each library or program that is missing: its name, the formats that it reads and its Debian package.
    /// </summary>
    public IReadOnlyList<string> Missing { get; } = [.. readers.OfType<IOptionalReader>().Select(r => r.Missing).OfType<string>()];

    /// <inheritdoc/>
    /// <remarks>If none supports the file, the message is that of the last reader, followed by <see cref="Missing"/>.</remarks>
    public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default)
    {
        var parts = FlacParts.Split(OggRepair.Apply(file));
        return parts.Count == 1 ? ReadOne(parts[0], limits, cancellationToken) : ReadAll(parts, limits, cancellationToken);
    }

    private Recording ReadAll(IReadOnlyList<ReadOnlyMemory<byte>> parts, ReadLimits limits, CancellationToken cancellationToken)
    {
        var recordings = new List<Recording>();
        var left = limits.MaxSeconds;
        foreach (var part in parts)
        {
            try
            {
                recordings.Add(ReadOne(part, new ReadLimits(left), cancellationToken));
                left -= recordings[^1].Duration.TotalSeconds;
            }
            catch (RecordingException e) when (recordings.Count > 0 && e.Problem != RecordingProblem.TooLong)
            {
                // A download that broke off in the first bytes of a part.
            }
        }

        return FlacParts.Join(recordings);
    }

    private Recording ReadOne(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken)
    {
        RecordingException? last = null;
        foreach (var reader in InOrder(file.Span))
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

    private IEnumerable<IRecordingReader> InOrder(ReadOnlySpan<byte> file) =>
        FileSignature.IsCompressed(file) ? readers.OrderByDescending(reader => reader is FfmpegReader) : readers;
}
