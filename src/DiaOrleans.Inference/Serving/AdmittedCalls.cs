using System.Collections.Concurrent;

namespace DiaOrleans.Inference.Serving;

/// <summary>Calls from their admission to their end: waiting, in slots, or in the codec. Thread-safe.</summary>
/// <param name="waiting">Those that wait for a slot.</param>
/// <param name="gate">Counts them, with recordings, until all have ended.</param>
/// <param name="wait">Measures how fast they are made.</param>
/// <param name="frameRate">Frames per second of audio.</param>
internal sealed class AdmittedCalls(RequestQueue waiting, DrainGate gate, RefusalWait wait, double frameRate)
{
    private readonly ConcurrentDictionary<QueuedCall, Progress> _calls = new(ReferenceEqualityComparer.Instance);

    /// <summary>All of them, at some moment during the reading.</summary>
    public IEnumerable<QueuedCall> All => _calls.Keys;

    /// <summary>Admits a call unless the queue is full or the engine drains.</summary>
    public EngineRefusal TryAdd(QueuedCall call)
    {
        // First: an admitted call may end before this method returns.
        _calls[call] = new Progress(call, frameRate);
        wait.Admitted();
        var refusal = gate.TryAdd(() => waiting.TryEnter(call));
        if (refusal != EngineRefusal.None) _calls.TryRemove(call, out _);
        return refusal;
    }

    /// <summary>Counts the refusal of a call and returns the time after which to offer it again.</summary>
    /// <param name="call">A call that was not admitted.</param>
    /// <param name="untilMeasured">What the wait for so many seconds of audio is if nothing was made yet.</param>
    public TimeSpan Refuse(QueuedCall call, Func<double, TimeSpan> untilMeasured)
    {
        var rest = 0.0;
        foreach (var progress in _calls.Values)
        {
            wait.Made(progress.Advance());
            rest += progress.Rest;
        }

        return wait.Refuse(call.PredictedSeconds, rest, untilMeasured);
    }

    /// <summary>Ends a call; false if it has ended before.</summary>
    /// <param name="call">An admitted call.</param>
    /// <param name="isComplete">Whether all of it was made: then its prediction counts as made, however long it was.</param>
    public bool TryEnd(QueuedCall call, bool isComplete)
    {
        if (!call.TryEnd()) return false;
        if (_calls.TryRemove(call, out var progress)) wait.Made(isComplete ? progress.Complete() : progress.Advance());
        waiting.TryRemove(call);
        waiting.Leave(call);
        gate.Remove();
        wait.Ended(isLast: _calls.IsEmpty);
        return true;
    }

    /// <summary>How much of a call's predicted seconds was counted as made. Thread-safe.</summary>
    private sealed class Progress(QueuedCall call, double frameRate)
    {
        // What an earlier run has made is no work of this one.
        private readonly int _framesBefore = call.Run.Frames;
        private readonly Lock _gate = new();
        private double _counted;

        /// <summary>Predicted seconds that are not made yet.</summary>
        public double Rest
        {
            get
            {
                lock (_gate) return call.PredictedSeconds - _counted;
            }
        }

        /// <summary>Counts the frames since the last count, and returns their seconds.</summary>
        public double Advance() => Count(Math.Min((call.Run.Frames - _framesBefore) / frameRate, call.PredictedSeconds));

        /// <summary>Counts all that is left, and returns it.</summary>
        public double Complete() => Count(call.PredictedSeconds);

        private double Count(double made)
        {
            lock (_gate)
            {
                var more = Math.Max(0, made - _counted);
                _counted += more;
                return more;
            }
        }
    }
}
