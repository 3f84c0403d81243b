namespace DiaOrleans.Grains.Blobs;

/// <summary>
/// Limits the bytes of folders. Bytes are counted once and then with each change; files that users add or delete by hand are counted when
/// the folder is listed, and before a blob is refused.
/// </summary>
/// <param name="inner">Stores the blobs.</param>
/// <param name="limits">Limits by the folder's name; other folders have none.</param>
public sealed class LimitedBlobStore(IBlobStore inner, IReadOnlyDictionary<string, FolderLimit> limits) : IBlobStore
{
    private readonly Dictionary<string, Usage> _usage = limits.ToDictionary(limit => limit.Key, limit => new Usage(limit.Key, limit.Value));

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
        if (_usage[folder] is not { Limit.DropsOldest: false } usage || (usage.IsCounted && usage.HasRoomFor(1))) return;
        await List(folder, cancellationToken);
        if (!usage.HasRoomFor(1)) throw new FolderFullException(folder, usage.Limit);
    }

    private Usage? Find(string key) => _usage.GetValueOrDefault(key.Split('/')[0]);

    /// <summary>Counts a blob that is written next.</summary>
    private async Task Reserve(Usage usage, long growth, string key, CancellationToken cancellationToken)
    {
        if (usage.IsCounted && usage.TryBegin(growth)) return;
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

    private async Task Drop(IEnumerable<BlobInfo> blobs, Usage usage, long growth, CancellationToken cancellationToken)
    {
        if (growth > usage.Limit.Bytes) return;
        foreach (var oldest in blobs.OrderBy(blob => blob.WrittenAt))
        {
            if (usage.HasRoomFor(growth)) return;
            await Delete(oldest.Key, cancellationToken);
        }
    }

    /// <summary>
    /// The bytes of a folder. Those of a blob that is being written are counted apart, since a listing may not have it yet. A blob whose
    /// writing ends beside a listing may count twice until the next listing, but never not at all. Thread-safe.
    /// </summary>
    private sealed class Usage(string folder, FolderLimit limit)
    {
        private readonly Lock _gate = new();
        private long? _stored;
        private long _beingWritten;
        private long _written;

        public string Folder => folder;

        public FolderLimit Limit => limit;

        /// <summary>Held while the folder is counted and its oldest blobs are deleted.</summary>
        public SemaphoreSlim Turn { get; } = new(1);

        public bool IsCounted
        {
            get
            {
                lock (_gate) return _stored is not null;
            }
        }

        /// <summary>Bytes whose writing has ended, since the start.</summary>
        public long Written
        {
            get
            {
                lock (_gate) return _written;
            }
        }

        /// <summary>Takes a listing.</summary>
        /// <param name="blobs">The blobs that it has.</param>
        /// <param name="written"><see cref="Written"/> before it began.</param>
        public void Set(IReadOnlyList<BlobInfo> blobs, long written)
        {
            lock (_gate) _stored = blobs.Sum(blob => blob.Size) + _written - written;
        }

        public void Subtract(long bytes)
        {
            lock (_gate) _stored -= bytes;
        }

        public bool HasRoomFor(long growth)
        {
            lock (_gate) return _stored + _beingWritten + growth <= limit.Bytes;
        }

        /// <summary>Counts a blob that is written next, if there is room for it.</summary>
        public bool TryBegin(long growth)
        {
            lock (_gate)
            {
                // A blob that replaces one of its size or a larger one is always written.
                if (growth > 0 && !HasRoomFor(growth)) return false;
                _beingWritten += growth;
                return true;
            }
        }

        public void End(long growth, bool isWritten)
        {
            lock (_gate)
            {
                _beingWritten -= growth;
                if (!isWritten) return;
                _stored += growth;
                _written += Math.Max(growth, 0);
            }
        }
    }
}
