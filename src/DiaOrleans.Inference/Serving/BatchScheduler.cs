using System.Numerics;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// The batch scheduler and its thread: takes calls from the queue into free slots, steps the decoder over all slots together, and frees the
/// slot of a call that has ended before the next step. Caches and execution are the model's.
/// </summary>
internal sealed class BatchScheduler : IDisposable
{
    private readonly DecoderRunner _decoder;
    private readonly RequestQueue _queue;
    private readonly DecodeSpeed _speed;
    private readonly TimeProvider _time;
    private readonly ICallObserver _observer;
    private readonly IEngineObserver _steps;
    private readonly ScheduledSlot[] _slots;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private int _active;
    private volatile bool _stopping;

    /// <param name="model">The model; the decoder belongs to this object's thread from now on.</param>
    /// <param name="queue">Admitted calls.</param>
    /// <param name="speed">Told of every step.</param>
    /// <param name="time">Measures the steps.</param>
    /// <param name="observer">Told of every row and every failed call.</param>
    /// <param name="steps">Told of every step.</param>
    public BatchScheduler(
        DiaModel model,
        RequestQueue queue,
        DecodeSpeed speed,
        TimeProvider time,
        ICallObserver observer,
        IEngineObserver steps)
    {
        _decoder = model.Decoder;
        _queue = queue;
        _speed = speed;
        _time = time;
        _observer = observer;
        _steps = steps;
        _slots = [.. Enumerable.Range(0, model.Decoder.Slots).Select(i => new ScheduledSlot(new Slot(i, model, model.Decoder)))];
        _thread = new Thread(Run) { Name = "dia decode", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Calls in slots.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Wakes the thread: the queue has a call.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Ends after the step in progress; all calls in slots and in the queue are stopped.</summary>
    public void Dispose()
    {
        _stopping = true;
        Wake();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            FillSlots();
            CloseGaps();
            if (Active == 0) _wake.WaitOne();
            else Step();
        }

        EndAll(new OperationCanceledException("The engine stopped."));
        while (_queue.TryTake(out var call)) _observer.Failed(call, new OperationCanceledException("The engine stopped."));
    }

    private void FillSlots()
    {
        foreach (var entry in _slots)
        {
            while (entry.Call is null && _queue.TryTake(out var call)) Enter(entry, call);
        }
    }

    /// <summary>
    /// Moves calls from the last slots into free ones as long as the batch can then be half as large: a step costs as much as its batch.
    /// </summary>
    private void CloseGaps()
    {
        var last = Array.FindLastIndex(_slots, s => s.Call is not null);
        while (Active > 0 && BitOperations.RoundUpToPowerOf2((uint)Active) < BitOperations.RoundUpToPowerOf2((uint)last + 1))
        {
            var free = Array.FindIndex(_slots, s => s.Call is null);
            _slots[last].Slot.TakePlaceOf(_slots[free].Slot);
            var moved = _slots[last];
            _slots[last] = _slots[free];
            _slots[free] = moved;
            last = Array.FindLastIndex(_slots, s => s.Call is not null);
        }
    }

    private void Enter(ScheduledSlot entry, QueuedCall call)
    {
        entry.Call = call;
        Interlocked.Increment(ref _active);
        try
        {
            call.Run.Stop.ThrowIfCancellationRequested();
            call.Run.Start();
            entry.Slot.Enter(call.Request);
            if (entry.Slot.Grid is { Finished: true } complete) Pass(entry, call, complete);
        }
        catch (Exception cause)
        {
            End(entry, call, cause);
        }
    }

    private void Step()
    {
        var active = FeedSlots();
        if (active == 0) return;
        try
        {
            var started = _time.GetTimestamp();
            _decoder.Step();
            foreach (var entry in _slots)
            {
                if (entry.Call is { } call) Advance(entry, call);
            }

            var duration = _time.GetElapsedTime(started);
            _speed.Stepped(active, duration);
            _steps.StepCompleted(active, duration);
        }
        catch (Exception cause)
        {
            EndAll(cause);
        }
    }

    /// <summary>Sets the next row of every slot; the number of slots that have a call.</summary>
    private int FeedSlots()
    {
        var active = 0;
        foreach (var entry in _slots)
        {
            if (entry.Call is not { } call) continue;
            if (call.Run.Stop.IsCancellationRequested)
            {
                End(entry, call, new OperationCanceledException(call.Run.Stop));
                continue;
            }

            entry.Slot.Feed();
            active++;
        }

        return active;
    }

    private void Advance(ScheduledSlot entry, QueuedCall call)
    {
        SpeechGrid grid;
        try
        {
            entry.Slot.Advance();
            grid = entry.Slot.Grid!;
        }
        catch (Exception cause)
        {
            End(entry, call, cause);
            return;
        }

        Pass(entry, call, grid);
    }

    /// <summary>Passes the rows so far on; a finished call leaves its slot before.</summary>
    private void Pass(ScheduledSlot entry, QueuedCall call, SpeechGrid grid)
    {
        if (grid.Finished) Free(entry);
        _observer.Decoded(call, grid);
    }

    private void EndAll(Exception cause)
    {
        foreach (var entry in _slots)
        {
            if (entry.Call is { } call) End(entry, call, cause);
        }
    }

    private void End(ScheduledSlot entry, QueuedCall call, Exception cause)
    {
        Free(entry);
        _observer.Failed(call, cause);
    }

    private void Free(ScheduledSlot entry)
    {
        entry.Slot.Leave();
        entry.Call = null;
        Interlocked.Decrement(ref _active);
    }

    /// <summary>A slot and the call that has it, null if it is free.</summary>
    private sealed class ScheduledSlot(Slot slot)
    {
        public Slot Slot => slot;

        public QueuedCall? Call { get; set; }
    }
}
