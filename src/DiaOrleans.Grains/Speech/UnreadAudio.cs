using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.TemporaryFiles;

namespace DiaOrleans.Grains.Speech;

/// <summary>
/// The audio of this silo's requests that their clients have not read yet. All of it together takes a limited amount of memory; what is
/// more is in temporary files, which have a limit too.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="folder">Absolute path of the folder of the files, see <see cref="TemporaryFolder"/>.</param>
public sealed class UnreadAudio(SpeechOptions options, string folder)
{
    private readonly TemporaryFolder _files = new(folder);
    private long _held;
    private long _stored;

    /// <summary>Bytes in memory now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Takes memory for <paramref name="count"/> bytes; false if less is left.</summary>
    internal bool TryHold(int count)
    {
        if (Interlocked.Add(ref _held, count) <= options.UnreadAudioBytes) return true;
        Release(count);
        return false;
    }

    /// <summary>Returns the memory of <paramref name="count"/> bytes.</summary>
    internal void Release(int count) => Interlocked.Add(ref _held, -count);

    /// <summary>Takes room in files for <paramref name="count"/> bytes.</summary>
    /// <exception cref="TemporaryFileException">Less is left.</exception>
    internal void Store(int count)
    {
        if (Interlocked.Add(ref _stored, count) <= options.MaxUnreadFilesBytes) return;
        Forget(count);
        throw new TemporaryFileException(
            $"{FullDisk.Sentence}: audio that clients have not read yet has reached its limit of {options.MaxUnreadFilesMegabytes} MB "
            + $"({nameof(SpeechOptions.MaxUnreadFilesMegabytes)})");
    }

    /// <summary>Returns the room of <paramref name="count"/> bytes in files.</summary>
    internal void Forget(long count) => Interlocked.Add(ref _stored, -count);

    /// <summary>Creates a file for audio that memory has no room for.</summary>
    /// <exception cref="TemporaryFileException">The file cannot be created.</exception>
    internal TemporaryFile CreateFile() => _files.Create();
}
