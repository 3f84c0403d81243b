using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Hosting;

namespace DiaOrleans.Grains.Retention;

/// <summary>Lets the grain of the cleanup set its reminder, at the start of each silo.</summary>
internal sealed class HourlyCleanup(IGrainFactory grains, TimeProvider time) : BackgroundService
{
    private readonly Backoff _faults = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TrySchedule()) await Task.Delay(_faults.Next(), time, stoppingToken);
    }

    private async Task<bool> TrySchedule()
    {
        try
        {
            await grains.GetGrain<ICleanupGrain>(0).Schedule();
            return true;
        }
        catch (Exception e) when (StorageRetry.IsTransient(e))
        {
            // A silo or the database does not answer at the moment.
            return false;
        }
    }
}
