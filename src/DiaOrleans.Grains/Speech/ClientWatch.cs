namespace DiaOrleans.Grains.Speech;

/// <summary>Whether somebody still wants a job: a synchronous request whose client has gone stops asking.</summary>
internal sealed class ClientWatch(TimeProvider time)
{
    /// <summary>After this silence running work is stopped.</summary>
    public static readonly TimeSpan Gone = TimeSpan.FromSeconds(60);

    /// <summary>After this silence finished audio that nobody has read is let go.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromMinutes(2);

    private long _last = time.GetTimestamp();
    private int _present;

    /// <summary>Time since the last call ended; zero while one is in progress.</summary>
    public TimeSpan Silence => _present > 0 ? TimeSpan.Zero : time.GetElapsedTime(_last);

    /// <summary>A call is in progress until the result is disposed.</summary>
    public IDisposable Enter()
    {
        _present++;
        return new Visit(this);
    }

    private void Leave()
    {
        _present--;
        _last = time.GetTimestamp();
    }

    private sealed class Visit(ClientWatch watch) : IDisposable
    {
        public void Dispose() => watch.Leave();
    }
}
