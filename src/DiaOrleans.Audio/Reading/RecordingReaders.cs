namespace DiaOrleans.Audio.Reading;

/// <summary>Tries readers in their order until one understands the file.</summary>
/// <param name="readers">Those whose means are missing are passed over.</param>
public sealed class RecordingReaders(IReadOnlyList<IRecordingReader> readers) : IRecordingReader
{
    /// <summary>
    /// Every reader of this assembly: libsndfile first, because it reads the most formats in this process; NAudio for WAV without libsndfile;
    /// ffmpeg last, because it starts a process for each file.
    /// </summary>
    public static RecordingReaders Create() => new([new SoundFileReader(), new NAudioReader(), new FfmpegReader()]);

    internal IReadOnlyList<IRecordingReader> Readers => readers;

    /// <summary>One sentence for each reader that cannot work here: what is missing, what it would read and how to get it.</summary>
    public IReadOnlyList<string> Missing { get; } = [.. readers.OfType<IOptionalReader>().Select(r => r.Missing).OfType<string>()];

    /// <inheritdoc/>
    /// <remarks>When none understands it, the message is the last one's, followed by what is missing.</remarks>
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
        throw new RecordingException(RecordingProblem.Unreadable, string.Join(' ', [last?.Message ?? "Nothing here reads sound files.", .. Missing]), last);
    }
}
