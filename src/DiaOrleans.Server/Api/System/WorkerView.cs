using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Server.Api.System;

/// <summary>The cluster's workers as of about a second ago. It answers at once whatever the cluster does.</summary>
internal sealed class WorkerView(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeLimits = TimeSpan.FromMilliseconds(250);

    private volatile IReadOnlyList<WorkerStatus> _known = [];
    private Task? _asking;
    private long _asked = long.MinValue;

    public async Task<bool> AnyModelLoaded() => (await Known()).Any(w => w.Model is not null);

    /// <summary>Numbers of the devices that hold a loaded model.</summary>
    public async Task<IReadOnlyList<int>> LoadedDevices() =>
        [.. (await Known()).Where(w => w.Model is not null).Select(w => WorkerKey.TryParse(w.Key, out var key) ? key.Device : 0).Distinct().Order()];

    private async Task<IReadOnlyList<WorkerStatus>> Known()
    {
        if (_asked == long.MinValue || time.GetElapsedTime(_asked) > Fresh)
        {
            if (_asking is not { IsCompleted: false }) _asking = Ask();
            await Task.WhenAny(_asking, Task.Delay(TimeLimits, time));
        }

        return _known;
    }

    private async Task Ask()
    {
        try
        {
            _known = await grains.GetGrain<IWorkerDirectoryGrain>(0).List();
            _asked = time.GetTimestamp();
        }
        catch (Exception problem) when (problem is OrleansException or TimeoutException)
        {
            _known = [];
        }
    }
}
