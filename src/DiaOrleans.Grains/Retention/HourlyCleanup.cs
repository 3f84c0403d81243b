using Microsoft.Extensions.Hosting;

namespace DiaOrleans.Grains.Retention;

/// <summary>Cleans up each hour, for as long as the silo is up.</summary>
internal sealed class HourlyCleanup(Cleanup cleanup, TimeProvider time) : BackgroundService
{
    private readonly PeriodicTimer _timer = new(TimeSpan.FromHours(1), time);

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _timer.WaitForNextTickAsync(stoppingToken))
        {
            // What fails in a step is in the log already.
            await cleanup.Run(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
