namespace DiaOrleans.Grains.Blobs;

/// <summary>
/// Limits the bytes of folders. Bytes are counted once and then with each change; files that users add or delete by hand are counted when
/// the folder is listed, and before a blob is refused. If other silos write too, a folder in use is counted again each minute, and before
/// this silo has taken an eighth of the room that was left. So of N silos each takes at most an eighth of the room that it has seen, the
/// limit is exceeded by at most what the others write within a minute, and close to the limit every blob is preceded by a count.
/// </summary>
/// <param name="inner">Stores the blobs.</param>
/// <param name="limits">Limits by the folder's name; other folders have none.</param>
/// <param name="sharedClock">Clock of the counts if other silos write too; null if this one alone does.</param>
public sealed class LimitedBlobStore(
    IBlobStore inner,
    IReadOnlyDictionary<string, FolderLimit> limits,
    TimeProvider? sharedClock = null) : IBlobStore
{
    private readonly Dictionary<string, FolderUsage> _usage =
        limits.ToDictionary(limit => limit.Key, limit => new FolderUsage(limit.Key, limit.Value, sharedClock));

    /// <inheritdoc/>
    /// <exception cref="FolderFullException">The folder has reached its limit.</exception>
    public async Task Write(string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken = default)
    {
        if (Find(key) is not { } usage)
        {
            await inner.Write(key, pieces, cancellationToken);
            return;
        }

        var replaced = (await inner.Find(key, cancellationToken))?.Size ?? 0;
        var growth = pieces.Sum(piece => (long)piece.Length) - replaced;
        await Reserve(usage, growth, key, cancellationToken);
        var isWritten = false;
        try
        {
            await inner.Write(key, pieces, cancellationToken);
            isWritten = true;
        }
        finally
        {
            usage.End(growth, isWritten);
        }
    }

    /// <inheritdoc/>
    public Task<OpenBlob?> OpenRead(string key, CancellationToken cancellationToken = default) => inner.OpenRead(key, cancellationToken);

    /// <inheritdoc/>
    public Task<BlobInfo?> Find(string key, CancellationToken cancellationToken = default) => inner.Find(key, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> Delete(string key, CancellationToken cancellationToken = default)
    {
        var size = Find(key) is null ? null : (await inner.Find(key, cancellationToken))?.Size;
        var existed = await inner.Delete(key, cancellationToken);
        if (existed && size is { } freed) Find(key)!.Subtract(freed);
        return existed;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlobInfo>> List(string folder, CancellationToken cancellationToken = default)
    {
        var usage = _usage.GetValueOrDefault(folder);
        var written = usage?.Written ?? 0;
        var blobs = await inner.List(folder, cancellationToken);
        usage?.Set(blobs, written);
        return blobs;
    }

    /// <summary>Throws if a folder has no room for any blob.</summary>
    /// <exception cref="FolderFullException">The folder has reached its limit, and its blobs are not deleted for new ones.</exception>
    public async Task RequireRoom(string folder, CancellationToken cancellationToken)
    {
        if (_usage[folder] is not { Limit.DropsOldest: false } usage) return;
        CountAgainIfOld(usage);
        if (usage.MayTake(1) && usage.HasRoomFor(1)) return;
        await List(folder, cancellationToken);
        if (!usage.HasRoomFor(1)) throw new FolderFullException(folder, usage.Limit);
    }

    private FolderUsage? Find(string key) => _usage.GetValueOrDefault(key.Split('/')[0]);

    /// <summary>Counts a blob that is written next.</summary>
    private async Task Reserve(FolderUsage usage, long growth, string key, CancellationToken cancellationToken)
    {
        CountAgainIfOld(usage);
        if (usage.MayTake(growth) && usage.TryBegin(growth)) return;
        await usage.Turn.WaitAsync(cancellationToken);
        try
        {
            var blobs = await List(usage.Folder, cancellationToken);
            if (usage.TryBegin(growth)) return;
            if (usage.Limit.DropsOldest) await Drop(blobs.Where(blob => blob.Key != key), usage, growth, cancellationToken);
            if (!usage.TryBegin(growth)) throw new FolderFullException(usage.Folder, usage.Limit);
        }
        finally
        {
            usage.Turn.Release();
        }
    }

    /// <summary>Counts in the background what other silos have written. If it fails, the next write counts again.</summary>
    private void CountAgainIfOld(FolderUsage usage)
    {
        if (!usage.IsOld || !usage.Turn.Wait(0)) return;
        _ = Count();

        async Task Count()
        {
            Task count = Task.Run(() => List(usage.Folder));
            await count.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            usage.Turn.Release();
        }
    }

    private async Task Drop(IEnumerable<BlobInfo> blobs, FolderUsage usage, long growth, CancellationToken cancellationToken)
    {
        if (growth > usage.Limit.Bytes) return;
        foreach (var oldest in blobs.OrderBy(blob => blob.WrittenAt))
        {
            if (usage.HasRoomFor(growth)) return;
            await Delete(oldest.Key, cancellationToken);
        }
    }
}
