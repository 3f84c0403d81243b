namespace DiaOrleans.Grains.Blobs;

/// <summary>
/// Blobs as files in one folder. Symbolic links are not blobs. A file of length 0 is an empty blob and is never opened: pipes, sockets
/// and devices have length 0, and opening one may block without end. Messages of its exceptions, which clients may get, name keys; the
/// paths are in the exceptions inside.
/// </summary>
/// <param name="root">Absolute path of the folder; created if missing.</param>
public sealed class FolderBlobStore(string root) : IBlobStore
{
    private const string UnfinishedPrefix = ".writing-";
    private const int ReadBufferBytes = 65536;

    /// <summary>Pieces of a system call.</summary>
    private const int PiecesAtOnce = 64;

    /// <inheritdoc/>
    public async Task Write(string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken = default)
    {
        var (folder, name) = BlobKey.Split(key);
        var directory = Path.Combine(root, folder);
        var unfinished = Path.Combine(directory, UnfinishedPrefix + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(directory);
            // At once on the thread pool, to which each asynchronous write of a file would go by itself.
            await Task.Run(() => WriteFile(unfinished, pieces, cancellationToken), cancellationToken);
            File.Move(unfinished, Path.Combine(directory, name), overwrite: true);
        }
        catch (Exception cause)
        {
            DeleteIfAny(unfinished);
            if (cause is IOException or UnauthorizedAccessException) throw Failure(key, "written", cause);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<OpenBlob?> OpenRead(string key, CancellationToken cancellationToken = default)
    {
        try
        {
            return Task.FromResult(Open(new FileInfo(GetPath(key))));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<OpenBlob?>(null);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Failure(key, "read", cause);
        }
    }

    /// <inheritdoc/>
    public Task<BlobInfo?> Find(string key, CancellationToken cancellationToken = default)
    {
        var file = new FileInfo(GetPath(key));
        return Task.FromResult(IsBlob(file) ? Describe(key, file) : null);
    }

    /// <inheritdoc/>
    public Task<bool> Delete(string key, CancellationToken cancellationToken = default)
    {
        var path = GetPath(key);
        try
        {
            var exists = File.Exists(path);
            if (exists) File.Delete(path);
            return Task.FromResult(exists);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Failure(key, "deleted", cause);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BlobInfo>> List(string folder, CancellationToken cancellationToken = default)
    {
        if (!BlobKey.IsSafe(folder)) throw new ArgumentException("A folder of blobs cannot have this name.", nameof(folder));
        var directory = new DirectoryInfo(Path.Combine(root, folder));
        if (!directory.Exists) return Task.FromResult<IReadOnlyList<BlobInfo>>([]);
        try
        {
            var files = directory.EnumerateFiles()
                .Where(file => BlobKey.IsSafe(file.Name) && IsBlob(file))
                .OrderBy(file => file.Name, StringComparer.Ordinal);
            return Task.FromResult<IReadOnlyList<BlobInfo>>([.. files.Select(file => Describe($"{folder}/{file.Name}", file))]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Failure(folder, "read", cause);
        }
    }

    private static IOException Failure(string what, string verb, Exception cause) =>
        new($"{what} cannot be {verb}{(cause is UnauthorizedAccessException ? ": permission denied" : "")}.", cause);

    private static void DeleteIfAny(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first failure counts. The name is not that of a blob.
        }
    }

    private static void WriteFile(string path, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken stop)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var written = 0L;
        foreach (var some in pieces.Chunk(PiecesAtOnce))
        {
            stop.ThrowIfCancellationRequested();
            RandomAccess.Write(file, some, written);
            written += some.Sum(piece => (long)piece.Length);
        }

        // The state that refers to the blob is stored next. The blob must be on disk before, or a power failure could leave the reference
        // only.
        RandomAccess.FlushToDisk(file);
    }

    private static OpenBlob? Open(FileInfo file)
    {
        if (!IsBlob(file)) return null;
        if (file.Length == 0) return OpenBlob.Of([]);
        const FileShare share = FileShare.ReadWrite | FileShare.Delete;
        var content = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, share, ReadBufferBytes, useAsync: true);
        return new OpenBlob(content, content.Length);
    }

    private static bool IsBlob(FileInfo file) => file.Exists && file.LinkTarget is null;

    private static BlobInfo Describe(string key, FileInfo file) =>
        new(key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));

    private string GetPath(string key)
    {
        var (folder, name) = BlobKey.Split(key);
        return Path.Combine(root, folder, name);
    }
}
