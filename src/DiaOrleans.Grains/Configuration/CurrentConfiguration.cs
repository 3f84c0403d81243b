using DiaOrleans.Abstractions.Configuration;
using Microsoft.Extensions.Hosting;

namespace DiaOrleans.Grains.Configuration;

/// <summary>
/// The configuration as this process last heard of it, for what cannot wait for a grain's answer, such as a line of the log. It asks each second; who changes the
/// configuration tells it at once by <see cref="Take"/>.
/// </summary>
internal sealed class CurrentConfiguration(IGrainFactory grains, RunOverrides overrides, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private volatile ServerConfiguration _value = overrides.Over(new ServerConfiguration());

    public ServerConfiguration Value => _value;

    public void Take(ServerConfiguration configuration) => _value = configuration;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do await Ask();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Ask()
    {
        try
        {
            _value = await grains.GetGrain<IConfigurationGrain>(0).Get();
        }
        catch (Exception problem) when (problem is OrleansException or TimeoutException)
        {
            // A silo that starts or stops: what was known holds on.
        }
    }
}
