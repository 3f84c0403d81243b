using System.Runtime.InteropServices;

namespace DiaOrleans.Server.Lifetime;

/// <summary>
/// Stops the server at the first signal, after the pause for load balancers. The second signal ends the process at once, by the default
/// action of the system.
/// </summary>
/// <param name="pause">The pause; zero for none.</param>
/// <param name="stop">Is told of the first signal.</param>
/// <param name="life">Is stopped after the pause.</param>
/// <param name="time">Clock of the pause.</param>
/// <param name="logger">Log of the signals.</param>
internal sealed partial class SignalLifetime(
    TimeSpan pause,
    StopSignal stop,
    IHostApplicationLifetime life,
    TimeProvider time,
    ILogger<SignalLifetime> logger) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private ITimer? _timer;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _timer?.Dispose();
    }

    /// <summary>Begins to stop; false if that has begun before.</summary>
    public bool Begin()
    {
        if (!stop.Receive()) return false;
        if (pause > TimeSpan.Zero)
        {
            Log.Pausing(logger, pause.TotalSeconds);
            _timer = time.CreateTimer(_ => life.StopApplication(), null, pause, Timeout.InfiniteTimeSpan);
        }
        else
        {
            life.StopApplication();
        }

        return true;
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = Begin();
        if (!context.Cancel) Log.AtOnce(logger, context.Signal);
    }

    private static partial class Log
    {
        [LoggerMessage(715, LogLevel.Information, "Told to stop: not ready any more; requests are accepted for another {Seconds} s.")]
        public static partial void Pausing(ILogger logger, double seconds);

        [LoggerMessage(716, LogLevel.Warning, "Told to stop again, by {Signal}: the process ends at once.")]
        public static partial void AtOnce(ILogger logger, PosixSignal signal);
    }
}
