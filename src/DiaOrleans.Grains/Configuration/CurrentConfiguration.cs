using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Hosting;

namespace DiaOrleans.Grains.Configuration;

/// <summary>
/// This process's copy of the configuration, for code that cannot wait for a grain, such as logging. It is read again each second; the
/// process that changes the configuration sets its copy at once.
/// </summary>
internal sealed class CurrentConfiguration(IGrainFactory grains, ConfigurationOverrides overrides, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private volatile ServerConfiguration _value = overrides.ApplyTo(new ServerConfiguration());

    /// <summary>The configuration, at most about a second old. Before the first read: the defaults with the overrides applied.</summary>
    public ServerConfiguration Value => _value;

    /// <summary>Stores a configuration and uses it in this process at once.</summary>
    /// <returns>The configuration that is now in use.</returns>
    public async Task<ServerConfiguration> Replace(ServerConfiguration configuration)
    {
        var stored = await grains.GetGrain<IConfigurationGrain>(0).Replace(configuration);
        _value = stored;
        return stored;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do await Read();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Read()
    {
        try
        {
            _value = await grains.GetGrain<IConfigurationGrain>(0).Get();
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            // A silo starts or stops. The last value stays in use until the next read.
        }
    }
}
