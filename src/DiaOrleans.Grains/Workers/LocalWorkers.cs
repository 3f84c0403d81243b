using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Inference.Streams;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Workers;

/// <summary>This silo's workers, one a device. Thread-safe.</summary>
internal sealed class LocalWorkers
{
    private readonly AsyncSignal _changed = new();

    /// <param name="silo">Name of the silo.</param>
    /// <param name="devices">Names of the devices, by number.</param>
    /// <param name="time">Clock of the workers.</param>
    /// <param name="logger">Log of the workers.</param>
    public LocalWorkers(string silo, IReadOnlyList<string> devices, TimeProvider time, ILogger<LocalWorker> logger) =>
        All = [.. devices.Select((device, number) => new LocalWorker(new WorkerKey(silo, number), device, _changed, time, logger))];

    /// <summary>By number of the device.</summary>
    public IReadOnlyList<LocalWorker> All { get; }

    /// <summary>
    /// Ends at the next change of any worker's state or load. Take it before <see cref="AnyTakesWork"/> is read; then no change is
    /// missed.
    /// </summary>
    public Task Changed => _changed.Next;

    /// <summary>Whether any worker is ready, or asleep and can be woken.</summary>
    public bool AnyTakesWork => All.Any(worker => worker.Status.State is WorkerState.Ready or WorkerState.Asleep);

    /// <summary>Work that all workers with a loaded model do at a time.</summary>
    public int Slots => All.Sum(worker => worker.Status.Slots);

    /// <summary>The worker of that key, or null.</summary>
    public LocalWorker? Find(string key) => All.FirstOrDefault(worker => worker.Key.ToString() == key);

    /// <summary>All workers refuse new work from here on.</summary>
    public void Drain()
    {
        foreach (var worker in All) worker.Drain();
    }
}
