using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Workers;

/// <summary>
/// Runs the engines of this silo, one supervisor each. They are drained before the web server stops listening, so that new requests are
/// refused with an answer while admitted ones end.
/// </summary>
internal sealed class EngineHost(
    LocalWorkers workers,
    ISpeechEngineFactory factory,
    IGrainFactory grains,
    EngineHostOptions options,
    IHostApplicationLifetime life,
    TimeProvider time,
    ILogger<EngineSupervisor> logger) : IHostedLifecycleService
{
    private readonly EngineSupervisor[] _supervisors =
        [.. workers.All.Select(worker => new EngineSupervisor(worker, factory, grains, options, time, logger))];

    private CancellationTokenRegistration _stopSignal;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Returns after the first report of each worker: when the web server starts to listen, the directory knows them.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The signal comes before StoppingAsync, which waits for other services.
        _stopSignal = life.ApplicationStopping.Register(workers.Drain);
        return Task.WhenAll(_supervisors.Select(supervisor => supervisor.Start()));
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_supervisors.Select(supervisor => supervisor.Drain(cancellationToken)));

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopSignal.DisposeAsync();
        await Task.WhenAll(_supervisors.Select(supervisor => supervisor.Stop(cancellationToken)));
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
