using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>The last report of every worker. Who is silent for <see cref="Silence"/> is left out.</summary>
internal sealed class WorkerRoster(TimeProvider time)
{
    /// <summary>Ten missed reports.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, (WorkerStatus Status, long At)> _reports = [];

    public void Report(WorkerStatus status) => _reports[status.Key] = (status, time.GetTimestamp());

    /// <summary>Workers that reported lately, by key.</summary>
    public IReadOnlyList<WorkerStatus> List()
    {
        foreach (var (key, report) in _reports)
        {
            if (time.GetElapsedTime(report.At) >= Silence) _reports.Remove(key);
        }

        return [.. _reports.Values.Select(report => report.Status).OrderBy(status => status.Key, StringComparer.Ordinal)];
    }
}
