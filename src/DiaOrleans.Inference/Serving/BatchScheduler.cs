using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// The batch scheduler and its thread: takes calls from the queue into free slots, has their texts encoded by another thread, feeds their
/// prompts, steps the decoder over all slots together, and frees the slot of a call that has ended before the next step. Between two steps
/// there is at most one pass of one prompt: so long a call that joins delays the others. Caches and execution are the model's. Of several
/// schedulers with one queue, each takes calls only while all slots of the one before are taken: a step of a few slots costs more a slot.
/// </summary>
internal sealed class BatchScheduler : IDisposable
{
    private static readonly TimeSpan MemoryRetry = TimeSpan.FromMilliseconds(100);

    private readonly int _index;
    private readonly DecoderRunner _decoder;
    private readonly RequestQueue _queue;
    private readonly DecodeSpeed _speed;
    private readonly TimeProvider _time;
    private readonly ICallObserver _observer;
    private readonly IEngineObserver _steps;
    private readonly SlotSet _slots;
    private readonly AutoResetEvent _wake = new(false);
    private readonly TextLoop _texts;
    private readonly CallEntry _entry;
    private readonly Action<ScheduledSlot> _advance;
    private readonly StallWatch.Activity _activity = new("A step of the decoder");
    private readonly Thread _thread;
    private BatchScheduler? _next;
    private volatile bool _stopping;

    /// <param name="model">The model.</param>
    /// <param name="index">Which of the model's decoders belongs to this object from now on.</param>
    /// <param name="before">The scheduler whose slots are taken first, or null.</param>
    /// <param name="queue">Admitted calls.</param>
    /// <param name="memory">Asked before a call takes a slot.</param>
    /// <param name="speed">Told of every step.</param>
    /// <param name="time">Measures the steps.</param>
    /// <param name="observer">Told of every row and every failed call.</param>
    /// <param name="steps">Told of every step.</param>
    public BatchScheduler(
        DiaModel model,
        int index,
        BatchScheduler? before,
        RequestQueue queue,
        CacheMemory memory,
        DecodeSpeed speed,
        TimeProvider time,
        ICallObserver observer,
        IEngineObserver steps)
    {
        _index = index;
        _decoder = model.Decoders[index];
        _queue = queue;
        _speed = speed;
        _time = time;
        _observer = observer;
        _steps = steps;
        _slots = new SlotSet(model, _decoder, memory, observer);
        _advance = Advance;
        _texts = new TextLoop(model.TextEncoder, Wake);
        _entry = new CallEntry(_slots, queue, _texts, _activity, before?._slots, memory);
        if (before is not null) before._next = this;
        _thread = new Thread(Run) { Name = $"dia decode {index}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Calls in slots.</summary>
    public int Active => _slots.Taken;

    /// <summary>The native calls of the threads.</summary>
    public IEnumerable<StallWatch.Activity> Activities => [_activity, _texts.Activity];

    /// <summary>Wakes the thread: the queue has a call, or a text is encoded.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Ends after the step in progress; all calls in slots and in the queue are stopped.</summary>
    public void Dispose()
    {
        _stopping = true;
        Wake();
        _thread.Join();
        _texts.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            _slots.EndStopped();
            if (_entry.Advance()) _next?.Wake();
            var prompted = _entry.FeedPrompt();
            if (!Step() && !prompted) _wake.WaitOne(_entry.LacksMemory ? MemoryRetry : Timeout.InfiniteTimeSpan);
        }

        _slots.EndAll(new OperationCanceledException("The engine stopped."));
        while (_queue.TryTake(out var call)) _observer.Failed(call, new OperationCanceledException("The engine stopped."));
    }

    /// <summary>Advances all calls that speak by a row; false if there is none.</summary>
    private bool Step()
    {
        _slots.CloseGaps();
        var speaking = _slots.Count(SlotPhase.Speech);
        if (speaking == 0) return false;
        try
        {
            Step(speaking);
        }
        catch (Exception cause)
        {
            _slots.EndAll(cause);
        }

        return true;
    }

    private void Step(int speaking)
    {
        foreach (var slot in _slots.All)
        {
            if (slot.IsIn(SlotPhase.Speech)) slot.Slot.Feed();
        }

        using var step = _activity.Begin();
        var started = _time.GetTimestamp();
        _decoder.Step();
        foreach (var slot in _slots.All)
        {
            if (slot.IsIn(SlotPhase.Speech)) _slots.Attempt(slot, _advance);
        }

        var duration = _time.GetElapsedTime(started);
        _speed.Stepped(_index, speaking, duration);
        _steps.StepCompleted(speaking, duration);
    }

    private void Advance(ScheduledSlot slot)
    {
        slot.Slot.Advance();
        _slots.Pass(slot, slot.Slot.Grid!);
    }
}
