namespace DiaOrleans.Server.Api.Bodies;

/// <summary>The temporary files of large bodies. Each is deleted when its request ends.</summary>
internal sealed class BodyFiles
{
    /// <summary>Files whose content is in memory at the same time.</summary>
    private const int MaxInMemory = 2;

    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder;
    private readonly SemaphoreSlim _inMemory = new(MaxInMemory);

    /// <param name="folder">Absolute path. No other process uses the folder: files that a killed server left there are deleted.</param>
    public BodyFiles(string folder)
    {
        _folder = folder;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>Creates an empty file.</summary>
    /// <exception cref="BodyStorageException">The file cannot be created.</exception>
    public BodyFile Create()
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_folder);
            else Directory.CreateDirectory(_folder, PrivateFolder);
            return new BodyFile(Path.Combine(_folder, Guid.NewGuid().ToString("N")));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new BodyStorageException(cause);
        }
    }

    /// <summary>Calls <paramref name="use"/> with the bytes of a file. It waits while too many other files are in memory.</summary>
    /// <exception cref="BodyStorageException">The file cannot be read.</exception>
    public async Task<T> Use<T>(BodyFile file, Func<ReadOnlyMemory<byte>, Task<T>> use, CancellationToken stop)
    {
        await _inMemory.WaitAsync(stop);
        try
        {
            return await use(await file.ReadAll(stop));
        }
        finally
        {
            _inMemory.Release();
        }
    }
}

/// <summary>A body cannot be stored in a temporary file, for example because the disk is full.</summary>
internal sealed class BodyStorageException(Exception cause) : Exception("A request body cannot be stored in a temporary file.", cause);
