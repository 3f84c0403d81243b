using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Server.Api.Status;

/// <summary>
/// A copy of the cluster's worker directory, about a second old at most. A read waits up to 250 ms for the directory and then returns the
/// last copy.
/// </summary>
internal sealed class WorkerView(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(250);

    private volatile IReadOnlyList<WorkerStatus> _workers = [];
    private Task? _query;
    private long _queriedAt = long.MinValue;

    /// <summary>True if any worker has a loaded model.</summary>
    public async Task<bool> AnyModelLoaded() => (await Read()).Any(w => w.Model is not null);

    /// <summary>Numbers of the GPUs that hold a loaded model; those of the devices of their silos for others.</summary>
    public async Task<IReadOnlyList<int>> LoadedDevices() =>
        [.. (await Read()).Where(w => w.Model is not null).Select(GetDevice).Distinct().Order()];

    private static int GetDevice(WorkerStatus worker) =>
        DeviceChoice.GpuNumber(worker.Device) ?? (WorkerKey.TryParse(worker.Key, out var key) ? key.Device : 0);

    private async Task<IReadOnlyList<WorkerStatus>> Read()
    {
        if (_queriedAt == long.MinValue || time.GetElapsedTime(_queriedAt) > MaxAge)
        {
            if (_query is not { IsCompleted: false }) _query = Query();
            await Task.WhenAny(_query, Task.Delay(MaxWait, time));
        }

        return _workers;
    }

    private async Task Query()
    {
        try
        {
            _workers = await grains.GetGrain<IWorkerDirectoryGrain>(0).List();
            _queriedAt = time.GetTimestamp();
        }
        catch (Exception problem) when (problem.IsSiloFault())
        {
            _workers = [];
        }
    }
}
