namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Watches the native calls of the engine's threads: one that has not returned for <see cref="Limit"/> never will. Time is counted in
/// ticks of a timer, so that a process that was stopped and goes on is not taken for one that hangs.
/// </summary>
internal sealed class StallWatch : IDisposable
{
    /// <summary>
    /// Longer than any native call takes, a pass of a prompt or a window of the codec for the 1.6B model on a loaded CPU included.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly Activity[] _activities;
    private readonly Action<EngineFault> _stalled;
    private readonly ITimer _timer;

    /// <param name="activities">What is watched.</param>
    /// <param name="time">Clock of the timer.</param>
    /// <param name="stalled">Called, perhaps again and again, while a call does not return.</param>
    public StallWatch(IEnumerable<Activity> activities, TimeProvider time, Action<EngineFault> stalled)
    {
        _activities = [.. activities];
        _stalled = stalled;
        _timer = time.CreateTimer(_ => Tick(), null, Period, Period);
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        foreach (var activity in _activities)
        {
            if (activity.TicksInOneCall() * Period < Limit) continue;
            _stalled(new EngineFault($"{activity.Name} has taken more than {Limit.TotalSeconds:0} s.", IsStalled: true));
        }
    }

    /// <summary>The native calls of one thread.</summary>
    /// <param name="name">What a call does, as the start of a sentence.</param>
    /// <param name="time">Measures the calls; null takes the system's clock.</param>
    internal sealed class Activity(string name, TimeProvider? time = null)
    {
        // A call that takes so much longer than the longest of those before it is late.
        private const int LateFactor = 8;
        private const double Decay = 1.0 / 64;

        private static readonly TimeSpan LeastLate = TimeSpan.FromSeconds(0.5);

        /// <summary>Of the first call, before which nothing is known.</summary>
        private static readonly TimeSpan FirstLate = TimeSpan.FromSeconds(10);

        private readonly TimeProvider _time = time ?? TimeProvider.System;

        // Odd during a call.
        private long _state;
        private long _begunAt;
        private double _longest;
        private long _seen;
        private int _ticks;

        public string Name => name;

        /// <summary>A call begins; it ends when the result is disposed of.</summary>
        public Call Begin()
        {
            Volatile.Write(ref _begunAt, _time.GetTimestamp());
            Interlocked.Increment(ref _state);
            return new Call(this);
        }

        /// <summary>Whether the call of now has run for much longer than those before it.</summary>
        public bool IsLate
        {
            get
            {
                var state = Interlocked.Read(ref _state);
                if (state % 2 == 0) return false;
                var elapsed = _time.GetElapsedTime(Volatile.Read(ref _begunAt));
                return elapsed > LateAfter && Interlocked.Read(ref _state) == state;
            }
        }

        /// <summary>The time from which on a call is late.</summary>
        private TimeSpan LateAfter
        {
            get
            {
                var longest = Volatile.Read(ref _longest);
                if (longest == 0) return FirstLate;
                return TimeSpan.FromSeconds(Math.Max(LeastLate.TotalSeconds, LateFactor * longest));
            }
        }

        /// <summary>For how many ticks the call of now has run; counts this one.</summary>
        public int TicksInOneCall()
        {
            var state = Interlocked.Read(ref _state);
            _ticks = state % 2 == 1 && state == _seen ? _ticks + 1 : 0;
            _seen = state;
            return _ticks;
        }

        private void End()
        {
            var took = _time.GetElapsedTime(_begunAt).TotalSeconds;
            Volatile.Write(ref _longest, Math.Max(took, _longest * (1 - Decay)));
            Interlocked.Increment(ref _state);
        }

        /// <summary>A call that runs.</summary>
        internal readonly struct Call(Activity activity) : IDisposable
        {
            public void Dispose() => activity.End();
        }
    }
}
