namespace DiaOrleans.Grains.Blobs;

/// <summary>
/// The bytes of a folder. Those of a blob that is being written are counted apart, since a listing may not have it yet. A blob whose
/// writing ends beside a listing may count twice until the next listing, but never not at all. Thread-safe.
/// </summary>
/// <param name="folder">Name of the folder.</param>
/// <param name="limit">Its limit.</param>
/// <param name="sharedClock">Clock of the counts if other silos write too; null if this one alone does.</param>
internal sealed class FolderUsage(string folder, FolderLimit limit, TimeProvider? sharedClock)
{
    /// <summary>The part of the room that was left that one silo takes before it counts again.</summary>
    private const int Share = 8;

    private static readonly TimeSpan LongestAge = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _stored;
    private long _beingWritten;
    private long _written;
    private long _countedAt;
    private long _untilCount;

    public string Folder => folder;

    public FolderLimit Limit => limit;

    /// <summary>Held while the folder is counted and its oldest blobs are deleted.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>Whether a count may lack much of what other silos have written.</summary>
    public bool IsOld
    {
        get
        {
            lock (_gate) return _stored is not null && sharedClock is not null && sharedClock.GetElapsedTime(_countedAt) > LongestAge;
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
        lock (_gate)
        {
            _stored = blobs.Sum(blob => blob.Size) + _written - written;
            _countedAt = sharedClock?.GetTimestamp() ?? 0;
            _untilCount = (limit.Bytes - _stored.Value) / Share;
        }
    }

    /// <summary>Whether bytes may be taken before the next count. False before the first.</summary>
    public bool MayTake(long growth)
    {
        lock (_gate) return _stored is not null && (sharedClock is null || growth <= Math.Max(_untilCount, 0));
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
            _untilCount -= Math.Max(growth, 0);
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
