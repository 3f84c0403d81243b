namespace DiaOrleans.Grains.Speech;

/// <summary>
/// Measures how long no client has called: the client of a synchronous request that is lost makes no more calls. Thread-safe.
/// </summary>
internal sealed class ClientWatch(TimeProvider time)
{
    /// <summary>Running work is stopped after so long without a call.</summary>
    public static readonly TimeSpan Gone = TimeSpan.FromSeconds(60);

    /// <summary>Finished audio that was not read is dropped after so long without a call.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromMinutes(2);

    private long _last = time.GetTimestamp();
    private int _present;

    /// <summary>Time since the last call ended; zero while one is in progress.</summary>
    public TimeSpan Silence =>
        Volatile.Read(ref _present) > 0 ? TimeSpan.Zero : time.GetElapsedTime(Interlocked.Read(ref _last));

    /// <summary>A call is in progress until the result is disposed of.</summary>
    public IDisposable Enter()
    {
        Interlocked.Increment(ref _present);
        return new Visit(this);
    }

    private void Leave()
    {
        Interlocked.Exchange(ref _last, time.GetTimestamp());
        Interlocked.Decrement(ref _present);
    }

    private sealed class Visit(ClientWatch watch) : IDisposable
    {
        public void Dispose() => watch.Leave();
    }
}
