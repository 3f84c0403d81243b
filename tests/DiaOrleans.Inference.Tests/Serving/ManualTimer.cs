namespace DiaOrleans.Inference.Tests.Serving;

/// <summary>The system's clock, with timers that tick when the test says so.</summary>
internal class ManualTimer : TimeProvider
{
    private readonly List<Timer> _timers = [];

    /// <summary>Lets all timers tick once.</summary>
    public void Tick()
    {
        foreach (var timer in _timers.ToArray()) timer.Tick();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(callback, state);
        _timers.Add(timer);
        return timer;
    }

    private sealed class Timer(TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public void Tick()
        {
            if (!_disposed) callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => !_disposed;

        public void Dispose() => _disposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
