using System.Collections.Concurrent;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Workers;

/// <summary>
/// Admitted work by id, speech and recordings alike, until it is released or was not followed for <see cref="Silence"/>: then the silo
/// that submitted it was lost. Thread-safe.
/// </summary>
internal sealed class WorkTable(TimeProvider time)
{
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<Guid, Entry> _entries = new();

    /// <summary>No work runs, and none that has ended waits for its release.</summary>
    public bool IsEmpty => _entries.IsEmpty;

    /// <summary>Whether all work is neither followed now nor has been, nor was submitted, within <paramref name="grace"/>.</summary>
    public bool IsLeftFor(TimeSpan grace) =>
        _entries.Values.All(entry => Volatile.Read(ref entry.Followers) == 0 && time.GetElapsedTime(entry.FollowedAt) >= grace);

    /// <summary>Whether that work is here.</summary>
    public bool Contains(Guid id) => _entries.ContainsKey(id);

    /// <summary>The run of that work, which counts as followed until the result is disposed of; null if the work is unknown.</summary>
    public FollowedRun? Follow(Guid id) => _entries.TryGetValue(id, out var entry) ? new FollowedRun(entry, time) : null;

    public void Add(Guid id, EngineRun run) => _entries[id] = new Entry(run) { FollowedAt = time.GetTimestamp() };

    /// <summary>Stops the work if it runs, and forgets it.</summary>
    public void Release(Guid id)
    {
        if (_entries.TryRemove(id, out var entry)) entry.Run.Cancel();
    }

    /// <summary>Releases work that is not followed and returns its ids.</summary>
    public IReadOnlyList<Guid> ReleaseForgotten()
    {
        Guid[] forgotten = [.. _entries.Where(pair => IsForgotten(pair.Value)).Select(pair => pair.Key)];
        foreach (var id in forgotten) Release(id);
        return forgotten;
    }

    private bool IsForgotten(Entry entry) => entry.Followers == 0 && time.GetElapsedTime(entry.FollowedAt) >= Silence;

    internal sealed class Entry(EngineRun run)
    {
        public int Followers;

        public EngineRun Run => run;

        /// <summary>Timestamp of the submission, or of the end of the last following.</summary>
        public long FollowedAt { get; set; }
    }

    /// <summary>A run that counts as followed until this is disposed of.</summary>
    internal sealed class FollowedRun : IDisposable
    {
        private readonly Entry _entry;
        private readonly TimeProvider _time;

        public FollowedRun(Entry entry, TimeProvider time)
        {
            _entry = entry;
            _time = time;
            Interlocked.Increment(ref entry.Followers);
        }

        public EngineRun Run => _entry.Run;

        public void Dispose()
        {
            _entry.FollowedAt = _time.GetTimestamp();
            Interlocked.Decrement(ref _entry.Followers);
        }
    }
}
