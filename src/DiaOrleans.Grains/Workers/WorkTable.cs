using System.Collections.Concurrent;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Workers;

/// <summary>Admitted work by id, speech and recordings alike, until its job releases it or has not asked about it for <see cref="Silence"/>.</summary>
internal sealed class WorkTable(TimeProvider time)
{
    /// <summary>Jobs ask every 20 s; one that has missed three times is gone with its silo.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<Guid, Entry> _entries = new();

    /// <summary>Nothing is running, and nothing that has ended waits to be read.</summary>
    public bool IsEmpty => _entries.IsEmpty;

    /// <summary>The run of that work, or null; marks it as asked about.</summary>
    public EngineRun? Find(Guid id)
    {
        if (!_entries.TryGetValue(id, out var entry)) return null;
        entry.AskedAt = time.GetTimestamp();
        return entry.Run;
    }

    /// <summary>Until the result is disposed of, the work counts as asked about.</summary>
    public IDisposable Hold(Guid id) => new Holder(_entries.GetValueOrDefault(id), time);

    public void Add(Guid id, EngineRun run) => _entries[id] = new Entry(run) { AskedAt = time.GetTimestamp() };

    /// <summary>Stops the work if it runs, and forgets it.</summary>
    public void Release(Guid id)
    {
        if (_entries.TryRemove(id, out var entry)) entry.Run.Cancel();
    }

    /// <summary>Releases what nobody asks about and returns its ids.</summary>
    public IReadOnlyList<Guid> ReleaseForgotten()
    {
        Guid[] forgotten = [.. _entries.Where(pair => pair.Value.Holders == 0 && time.GetElapsedTime(pair.Value.AskedAt) >= Silence).Select(pair => pair.Key)];
        foreach (var id in forgotten) Release(id);
        return forgotten;
    }

    private sealed class Entry(EngineRun run)
    {
        public int Holders;

        public EngineRun Run => run;

        public long AskedAt { get; set; }
    }

    private sealed class Holder : IDisposable
    {
        private readonly Entry? _entry;
        private readonly TimeProvider _time;

        public Holder(Entry? entry, TimeProvider time)
        {
            (_entry, _time) = (entry, time);
            if (entry is not null) Interlocked.Increment(ref entry.Holders);
        }

        public void Dispose()
        {
            if (_entry is null) return;
            _entry.AskedAt = _time.GetTimestamp();
            Interlocked.Decrement(ref _entry.Holders);
        }
    }
}
