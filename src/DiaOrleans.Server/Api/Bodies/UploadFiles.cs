namespace DiaOrleans.Server.Api.Bodies;

/// <summary>Files that uploads go to while they arrive: private, and gone with their request.</summary>
internal sealed class UploadFiles
{
    /// <summary>Recordings that are in memory at a time, because they are decoded there.</summary>
    private const int InMemory = 2;

    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder;
    private readonly SemaphoreSlim _places = new(InMemory);

    /// <param name="folder">Absolute path, used by this server alone: what a killed server left there is deleted.</param>
    public UploadFiles(string folder)
    {
        _folder = folder;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>An empty file.</summary>
    /// <exception cref="UploadStorageException">It cannot be made.</exception>
    public UploadFile Create()
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_folder);
            else Directory.CreateDirectory(_folder, PrivateFolder);
            return new UploadFile(Path.Combine(_folder, Guid.NewGuid().ToString("N")));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new UploadStorageException(cause);
        }
    }

    /// <summary>Hands out a file's bytes, to a few callers at a time; the others wait.</summary>
    /// <exception cref="UploadStorageException">It cannot be read.</exception>
    public async Task<T> Use<T>(UploadFile file, Func<ReadOnlyMemory<byte>, Task<T>> use, CancellationToken stop)
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

/// <summary>An upload cannot be kept while it arrives, because of the machine and not of the client.</summary>
internal sealed class UploadStorageException(Exception cause) : Exception("An upload cannot be kept while it arrives.", cause);
