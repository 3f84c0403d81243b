using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// The thread that owns the decoder: it lets calls into free slots and advances all slots by one row a step. After each row <paramref name="advanced"/>
/// hears of it; a finished call leaves its slot at once.
/// </summary>
internal sealed class BatchScheduler : IDisposable
{
    private readonly DiaModel _model;
    private readonly RequestQueue _waiting;
    private readonly DecodeSpeed _speed;
    private readonly TimeProvider _time;
    private readonly Action<QueuedCall, SpeechGrid> _advanced;
    private readonly Action<QueuedCall, Exception> _failed;
    private readonly Slot[] _slots;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private int _active;
    private volatile bool _stopping;

    public BatchScheduler(DiaModel model, RequestQueue waiting, DecodeSpeed speed, TimeProvider time, Action<QueuedCall, SpeechGrid> advanced, Action<QueuedCall, Exception> failed)
    {
        (_model, _waiting, _speed, _time, _advanced, _failed) = (model, waiting, speed, time, advanced, failed);
        _slots = [.. Enumerable.Range(0, model.Decoder.Slots).Select(i => new Slot(i, model))];
        _thread = new Thread(Run) { Name = "dia decode", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Calls in slots.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>There is something to do.</summary>
    public void Wake() => _wake.Set();

    public void Dispose()
    {
        _stopping = true;
        Wake();
        _thread.Join();
        foreach (var slot in _slots) slot.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            Admit();
            if (!Array.Exists(_slots, slot => slot.Call is not null))
            {
                _wake.WaitOne();
                continue;
            }

            Step();
        }

        foreach (var slot in _slots)
        {
            if (slot.Call is { } call) End(slot, call, new OperationCanceledException("The engine stopped."));
        }

        while (_waiting.TryTake(out var call)) _failed(call, new OperationCanceledException("The engine stopped."));
    }

    private void Admit()
    {
        foreach (var slot in _slots)
        {
            while (slot.Call is null && _waiting.TryTake(out var call))
            {
                Interlocked.Increment(ref _active);
                try
                {
                    call.Run.Stop.ThrowIfCancellationRequested();
                    call.Run.Start();
                    slot.Enter(call);
                }
                catch (Exception cause)
                {
                    End(slot, call, cause);
                }
            }
        }
    }

    private void Step()
    {
        var active = 0;
        foreach (var slot in _slots)
        {
            if (slot.Call is not { } call) continue;
            if (call.Run.Stop.IsCancellationRequested)
            {
                End(slot, call, new OperationCanceledException(call.Run.Stop));
                continue;
            }

            slot.Feed();
            active++;
        }

        if (active == 0) return;
        try
        {
            var started = _time.GetTimestamp();
            _model.Decoder.Step();
            foreach (var slot in _slots)
            {
                if (slot.Call is not null) Advance(slot);
            }

            _speed.Stepped(active, _time.GetElapsedTime(started));
        }
        catch (Exception cause)
        {
            foreach (var slot in _slots)
            {
                if (slot.Call is { } call) End(slot, call, cause);
            }
        }
    }

    private void Advance(Slot slot)
    {
        var call = slot.Call!;
        try
        {
            slot.Advance();
        }
        catch (Exception cause)
        {
            End(slot, call, cause);
            return;
        }

        var grid = slot.Grid!;
        if (grid.Finished) Free(slot);
        _advanced(call, grid);
    }

    private void End(Slot slot, QueuedCall call, Exception cause)
    {
        Free(slot);
        _failed(call, cause);
    }

    private void Free(Slot slot)
    {
        slot.Leave();
        Interlocked.Decrement(ref _active);
    }
}
