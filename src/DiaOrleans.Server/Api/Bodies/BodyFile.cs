namespace DiaOrleans.Server.Api.Bodies;

/// <summary>A temporary file with data of a request, which only this user can read. Disposing deletes it.</summary>
internal sealed class BodyFile : IAsyncDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _file;

    /// <param name="path">Path of the new file.</param>
    public BodyFile(string path)
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

    /// <summary>Bytes written.</summary>
    public long Length => _file.Length;

    /// <exception cref="BodyStorageException">The file cannot be written.</exception>
    public async Task Append(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        try
        {
            await _file.WriteAsync(bytes, stop);
        }
        catch (IOException cause)
        {
            throw new BodyStorageException(cause);
        }
    }

    /// <summary>All bytes.</summary>
    /// <exception cref="BodyStorageException">The file cannot be read.</exception>
    public async Task<byte[]> ReadAll(CancellationToken stop)
    {
        try
        {
            var content = new byte[_file.Length];
            _file.Position = 0;
            await _file.ReadExactlyAsync(content, stop);
            return content;
        }
        catch (IOException cause)
        {
            throw new BodyStorageException(cause);
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
