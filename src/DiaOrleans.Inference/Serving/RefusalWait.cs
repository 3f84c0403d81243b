namespace DiaOrleans.Inference.Serving;

/// <summary>
/// When a refused call should be offered again: when the calls that are admitted, and those that were refused before it and have not come
/// back yet, are made at the speed at which calls were made so far. All in predicted seconds of audio, so that an error of the prediction
/// cancels out. Thread-safe.
/// </summary>
/// <param name="time">Clock of the speed and of the times that were given.</param>
internal sealed class RefusalWait(TimeProvider time)
{
    /// <summary>What has ended in older times counts half, so that the speed is that of the present load.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<double, long> _refused = new();
    private double _refusedSeconds;
    private double _made;
    private TimeSpan _busy;
    private long? _since;

    /// <summary>A call was admitted.</summary>
    public void Admitted()
    {
        lock (_gate) _since ??= time.GetTimestamp();
    }

    /// <summary>A part of an admitted call was made.</summary>
    /// <param name="seconds">Its predicted seconds.</param>
    public void Made(double seconds)
    {
        lock (_gate) _made += seconds;
    }

    /// <summary>An admitted call has ended; what was made of it is counted.</summary>
    /// <param name="isLast">Whether no other one is admitted: idle time is no part of the speed.</param>
    public void Ended(bool isLast)
    {
        lock (_gate)
        {
            CountBusyTime();
            if (isLast) _since = null;
            if (_busy < Memory) return;
            _made /= 2;
            _busy /= 2;
        }
    }

    /// <summary>Counts a refusal and returns the time to wait, in whole seconds, 1 s to an hour.</summary>
    /// <param name="seconds">Predicted seconds of the refused call.</param>
    /// <param name="backlogSeconds">Predicted seconds of the calls that are admitted, without what is made of them.</param>
    /// <param name="untilMeasured">What the wait for so many seconds is if nothing was made yet.</param>
    public TimeSpan Refuse(double seconds, double backlogSeconds, Func<double, TimeSpan> untilMeasured)
    {
        lock (_gate)
        {
            ForgetReturned();
            CountBusyTime();
            var before = backlogSeconds + _refusedSeconds;
            var wait = _made > 0 && _busy > TimeSpan.Zero ? _busy * (before / _made) : untilMeasured(before);
            wait = TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(wait.TotalSeconds), Shortest.TotalSeconds, Longest.TotalSeconds));
            _refused.Enqueue(seconds, time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency));
            _refusedSeconds += seconds;
            return wait;
        }
    }

    private void ForgetReturned()
    {
        var now = time.GetTimestamp();
        while (_refused.TryPeek(out var seconds, out var until) && until <= now)
        {
            _refused.Dequeue();
            _refusedSeconds = _refused.Count == 0 ? 0 : _refusedSeconds - seconds;
        }
    }

    private void CountBusyTime()
    {
        if (_since is not { } since) return;
        var now = time.GetTimestamp();
        _busy += time.GetElapsedTime(since, now);
        _since = now;
    }
}
