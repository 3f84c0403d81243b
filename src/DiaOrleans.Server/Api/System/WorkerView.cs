using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Server.Api.System;

/// <summary>
/// The cluster's workers as of about a second ago. Waits 250 ms at most for the directory, and answers with what it knows then.
/// </summary>
internal sealed class WorkerView(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(250);

    private volatile IReadOnlyList<WorkerStatus> _known = [];
    private Task? _query;
    private long _queriedAt = long.MinValue;

    /// <summary>Whether any worker has a loaded model.</summary>
    public async Task<bool> AnyModelLoaded() => (await Known()).Any(w => w.Model is not null);

    /// <summary>Numbers of the devices that hold a loaded model.</summary>
    public async Task<IReadOnlyList<int>> LoadedDevices() =>
        [.. (await Known()).Where(w => w.Model is not null).Select(w => NumberOfDevice(w.Key)).Distinct().Order()];

    private static int NumberOfDevice(string worker) => WorkerKey.TryParse(worker, out var key) ? key.Device : 0;

    private async Task<IReadOnlyList<WorkerStatus>> Known()
    {
        if (_queriedAt == long.MinValue || time.GetElapsedTime(_queriedAt) > Fresh)
        {
            if (_query is not { IsCompleted: false }) _query = Query();
            await Task.WhenAny(_query, Task.Delay(AnswerLimit, time));
        }

        return _known;
    }

    private async Task Query()
    {
        try
        {
            _known = await grains.GetGrain<IWorkerDirectoryGrain>(0).List();
            _queriedAt = time.GetTimestamp();
        }
        catch (Exception problem) when (problem.IsSiloFault())
        {
            _known = [];
        }
    }
}
