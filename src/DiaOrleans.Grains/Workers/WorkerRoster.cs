using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>
/// The last report of every worker, and the workers' numbers. A worker that has not reported for <see cref="Silence"/> is left out.
/// </summary>
internal sealed class WorkerRoster(TimeProvider time)
{
    /// <summary>Ten missed reports.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Entry> _entries = [];

    /// <summary>Keeps the report and returns the worker's number.</summary>
    public int Report(WorkerStatus status)
    {
        RemoveSilent();
        var number = FindNumber(status);
        _entries[status.Key] = new Entry(status with { Number = number }, time.GetTimestamp());
        return number;
    }

    /// <summary>Workers that reported lately, by key.</summary>
    public IReadOnlyList<WorkerStatus> List()
    {
        RemoveSilent();
        return [.. _entries.Values.Select(entry => entry.Status).OrderBy(status => status.Key, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The number that is known for the key, else the one that the worker reports if it is free, else the smallest free one.
    /// </summary>
    private int FindNumber(WorkerStatus status)
    {
        if (_entries.TryGetValue(status.Key, out var known)) return known.Status.Number;
        var taken = _entries.Values.Select(entry => entry.Status.Number).ToHashSet();
        var number = status.Number > 0 && !taken.Contains(status.Number) ? status.Number : 1;
        while (taken.Contains(number)) number++;
        return number;
    }

    private void RemoveSilent()
    {
        foreach (var (key, entry) in _entries)
        {
            if (time.GetElapsedTime(entry.At) >= Silence) _entries.Remove(key);
        }
    }

    private readonly record struct Entry(WorkerStatus Status, long At);
}
