using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.TemporaryFiles;

/// <summary>
/// A file with data of a request, which only this user can read. Disposing deletes it. One call may append while others read what was
/// appended before.
/// </summary>
public sealed class TemporaryFile : IAsyncDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _file;
    private long _length;

    /// <param name="path">Path of the new file.</param>
    internal TemporaryFile(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Private;
        _file = new FileStream(path, options);
    }

    /// <summary>Bytes appended.</summary>
    public long Length => Interlocked.Read(ref _length);

    /// <summary>Appends bytes.</summary>
    /// <exception cref="TemporaryFileException">The file cannot be written.</exception>
    public async Task Append(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        try
        {
            await RandomAccess.WriteAsync(_file.SafeFileHandle, bytes, _length, stop);
            Interlocked.Add(ref _length, bytes.Length);
        }
        catch (IOException cause)
        {
            throw new TemporaryFileException(cause);
        }
    }

    /// <summary>Fills a buffer with the bytes from an offset on.</summary>
    /// <exception cref="TemporaryFileException">The file cannot be read, or has fewer bytes.</exception>
    public async Task Read(long offset, Memory<byte> buffer, CancellationToken stop)
    {
        try
        {
            for (var filled = 0; filled < buffer.Length;)
            {
                var read = await RandomAccess.ReadAsync(_file.SafeFileHandle, buffer[filled..], offset + filled, stop);
                filled += read > 0 ? read : throw new EndOfStreamException();
            }
        }
        catch (IOException cause)
        {
            throw new TemporaryFileException(cause);
        }
    }

    /// <summary>All bytes.</summary>
    /// <exception cref="TemporaryFileException">The file cannot be read.</exception>
    public async Task<byte[]> ReadAll(CancellationToken stop)
    {
        var content = new byte[Length];
        await Read(0, content, stop);
        return content;
    }

    /// <summary>Deletes the file.</summary>
    public ValueTask DisposeAsync() => _file.DisposeAsync();
}

/// <summary>Data cannot be kept in a temporary file.</summary>
public sealed class TemporaryFileException : Exception
{
    /// <param name="cause">What the system said. Its message may contain paths.</param>
    public TemporaryFileException(Exception cause) : base("Data cannot be stored in a temporary file.", cause) =>
        NoSpace = FullDisk.Is(cause) ? FullDisk.Sentence : null;

    /// <param name="noSpace">Which limit is reached, a sentence for clients.</param>
    public TemporaryFileException(string noSpace) : base(noSpace) => NoSpace = noSpace;

    /// <summary>A sentence for clients if the disk is full or a limit is reached; null if the cause is another.</summary>
    public string? NoSpace { get; }
}
