using System.Collections.Concurrent;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Workers;

/// <summary>The engine's runs by the id of their work. Ended work that nobody fetches is forgotten after a while.</summary>
internal sealed class WorkTable(TimeProvider time)
{
    private static readonly TimeSpan KeepEnded = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, Entry> _entries = new();

    public SpeechRun? Find(Guid id)
    {
        if (!_entries.TryGetValue(id, out var entry)) return null;
        entry.Touched = time.GetTimestamp();
        return entry.Run;
    }

    public void Add(Guid id, SpeechRun run) => _entries[id] = new Entry(run) { Touched = time.GetTimestamp() };

    /// <summary>Stops the run where it still runs, and forgets it.</summary>
    public void Release(Guid id)
    {
        if (_entries.TryRemove(id, out var entry) && !entry.Run.Completion.IsCompleted) entry.Run.Cancel();
    }

    public void ForgetUnclaimed()
    {
        foreach (var (id, entry) in _entries)
        {
            if (entry.Run.Completion.IsCompleted && time.GetElapsedTime(entry.Touched) > KeepEnded) _entries.TryRemove(id, out _);
        }
    }

    private sealed class Entry(SpeechRun run)
    {
        public SpeechRun Run => run;

        public long Touched { get; set; }
    }
}
