namespace DiaOrleans.Server.Lifetime;

/// <summary>
/// Whether the server was told to stop. From then on it is not ready; it refuses new work when <see cref="RefusesWork"/> is true, after the
/// pause for load balancers. Thread-safe.
/// </summary>
internal sealed class StopSignal
{
    private readonly IHostApplicationLifetime _life;
    private int _received;

    /// <param name="life">A server that is stopped without a signal was told to stop as well.</param>
    public StopSignal(IHostApplicationLifetime life) => _life = life;

    /// <summary>Whether the server was told to stop.</summary>
    public bool IsReceived => Volatile.Read(ref _received) != 0 || RefusesWork;

    /// <summary>Whether the pause is over, too.</summary>
    public bool RefusesWork => _life.ApplicationStopping.IsCancellationRequested;

    /// <summary>Records the signal; false if there was one before.</summary>
    public bool Receive() => Interlocked.Exchange(ref _received, 1) == 0;
}
