namespace DiaOrleans.Server.Api.Bodies;

/// <summary>Files that large bodies go to while they arrive: private, and gone with their request.</summary>
internal sealed class BodyFiles
{
    /// <summary>Recordings that are in memory at a time, because they are decoded there.</summary>
    private const int InMemory = 2;

    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder;
    private readonly SemaphoreSlim _places = new(InMemory);

    /// <param name="folder">Absolute path, used by this server alone: what a killed server left there is deleted.</param>
    public BodyFiles(string folder)
    {
        _folder = folder;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>An empty file.</summary>
    /// <exception cref="BodyStorageException">It cannot be made.</exception>
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

    /// <summary>Hands out a file's bytes, to a few callers at a time; the others wait.</summary>
    /// <exception cref="BodyStorageException">It cannot be read.</exception>
    public async Task<T> Use<T>(BodyFile file, Func<ReadOnlyMemory<byte>, Task<T>> use, CancellationToken stop)
    {
        await _places.WaitAsync(stop);
        try
        {
            return await use(await file.ReadAll(stop));
        }
        finally
        {
            _places.Release();
        }
    }
}

/// <summary>A body cannot be kept while it arrives, because of the machine and not of the client.</summary>
internal sealed class BodyStorageException(Exception cause) : Exception("A body cannot be kept while it arrives.", cause);
