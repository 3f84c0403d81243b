using Microsoft.Extensions.Hosting;

namespace DiaOrleans.Grains.Retention;

/// <summary>Runs the cleanup each hour, for the first time one hour after the start.</summary>
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
            // The cleanup logs the failures of its steps.
            await cleanup.Run(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
