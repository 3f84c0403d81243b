namespace DiaOrleans.Grains.Blobs;

/// <summary>
/// Blobs as files under one folder. Symbolic links are no blobs, wherever they lead. Pipes, sockets and devices have no length: what has none is empty and is not opened,
/// since opening it may wait for ever.
/// </summary>
/// <param name="root">Absolute path; made where missing.</param>
public sealed class FolderBlobStore(string root) : IBlobStore
{
    private const string Unfinished = ".writing-";

    /// <inheritdoc/>
    public async Task Write(string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken = default)
    {
        var (folder, name) = BlobKey.Split(key);
        var directory = Directory.CreateDirectory(Path.Combine(root, folder)).FullName;
        var unfinished = Path.Combine(directory, Unfinished + Guid.NewGuid().ToString("N"));
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
            {
                foreach (var piece in pieces) await file.WriteAsync(piece, cancellationToken);
                // What refers to the blob is stored next: the blob must not be lost where that is kept.
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, Path.Combine(directory, name), overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenRead(string key, CancellationToken cancellationToken = default)
    {
        try
        {
            var file = new FileInfo(Locate(key));
            if (!IsBlob(file)) return Task.FromResult<Stream?>(null);
            if (file.Length == 0) return Task.FromResult<Stream?>(new MemoryStream([], writable: false));
            return Task.FromResult<Stream?>(new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 65536, useAsync: true));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    /// <inheritdoc/>
    public Task<BlobInfo?> Find(string key, CancellationToken cancellationToken = default)
    {
        var file = new FileInfo(Locate(key));
        return Task.FromResult(IsBlob(file) ? Describe(key, file) : null);
    }

    /// <inheritdoc/>
    public Task<bool> Delete(string key, CancellationToken cancellationToken = default)
    {
        var file = Locate(key);
        var exists = File.Exists(file);
        if (exists) File.Delete(file);
        return Task.FromResult(exists);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BlobInfo>> List(string folder, CancellationToken cancellationToken = default)
    {
        if (!BlobKey.IsSafe(folder)) throw new ArgumentException("No folder of blobs has such a name.", nameof(folder));
        var directory = new DirectoryInfo(Path.Combine(root, folder));
        if (!directory.Exists) return Task.FromResult<IReadOnlyList<BlobInfo>>([]);
        return Task.FromResult<IReadOnlyList<BlobInfo>>(
            [.. directory.EnumerateFiles().Where(file => BlobKey.IsSafe(file.Name) && IsBlob(file)).OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => Describe($"{folder}/{file.Name}", file))]);
    }

    private static bool IsBlob(FileInfo file) => file.Exists && file.LinkTarget is null;

    private static BlobInfo Describe(string key, FileInfo file) => new(key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));

    private string Locate(string key)
    {
        var (folder, name) = BlobKey.Split(key);
        return Path.Combine(root, folder, name);
    }
}
