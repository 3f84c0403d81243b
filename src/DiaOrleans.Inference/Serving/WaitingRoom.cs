namespace DiaOrleans.Inference.Serving;

/// <summary>Admitted calls that wait for a slot, first in first out, bounded in number and in predicted seconds of audio. Thread-safe.</summary>
internal sealed class WaitingRoom(double maxSeconds, int maxCalls)
{
    private readonly LinkedList<PreparedCall> _calls = [];
    private readonly Lock _lock = new();
    private double _waitingSeconds;
    private double _admittedSeconds;

    public int Count
    {
        get
        {
            lock (_lock) return _calls.Count;
        }
    }

    /// <summary>Predicted seconds of audio of all calls that entered and have not ended.</summary>
    public double BacklogSeconds
    {
        get
        {
            lock (_lock) return _admittedSeconds;
        }
    }

    /// <summary>False where the bound is reached. An empty room takes a call of any length.</summary>
    public bool TryEnter(PreparedCall call)
    {
        lock (_lock)
        {
            if (_calls.Count >= maxCalls || (_calls.Count > 0 && _waitingSeconds + call.PredictedSeconds > maxSeconds)) return false;
            _calls.AddLast(call);
            _waitingSeconds += call.PredictedSeconds;
            _admittedSeconds += call.PredictedSeconds;
            return true;
        }
    }

    public bool TryTake(out PreparedCall call)
    {
        lock (_lock)
        {
            call = _calls.First?.Value!;
            if (call is null) return false;
            _calls.RemoveFirst();
            _waitingSeconds -= call.PredictedSeconds;
            return true;
        }
    }

    /// <summary>A call gives up waiting; false where it no longer waits.</summary>
    public bool TryRemove(PreparedCall call)
    {
        lock (_lock)
        {
            if (!_calls.Remove(call)) return false;
            _waitingSeconds -= call.PredictedSeconds;
            return true;
        }
    }

    /// <summary>A call has ended, however: its part of the backlog is gone.</summary>
    public void Leave(PreparedCall call)
    {
        lock (_lock) _admittedSeconds = Math.Max(0, _admittedSeconds - call.PredictedSeconds);
    }
}

/// <summary>A call with what was worked out when it was admitted.</summary>
internal sealed record PreparedCall(SpeechRun Run, int[] TextIds, int MaxFrames, double PredictedSeconds);
