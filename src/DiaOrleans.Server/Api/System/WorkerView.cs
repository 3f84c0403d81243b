using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Server.Api.System;

/// <summary>The cluster's workers as of about a second ago. It answers at once whatever the cluster does.</summary>
internal sealed class WorkerView(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private volatile IReadOnlyList<WorkerStatus> _known = [];
    private Task? _asking;
    private long _asked = long.MinValue;

    public async Task<bool> AnyModelLoaded()
    {
        if (_asked == long.MinValue || time.GetElapsedTime(_asked) > Fresh)
        {
            if (_asking is not { IsCompleted: false }) _asking = Ask();
            await Task.WhenAny(_asking, Task.Delay(Patience, time));
        }

        return _known.Any(w => w.Model is not null);
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
