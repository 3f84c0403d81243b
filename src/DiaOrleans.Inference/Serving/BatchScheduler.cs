using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// The batch scheduler and its thread: takes calls from the queue into free slots, has their texts encoded by another thread, feeds their
/// prompts, steps the decoder over all slots together, and frees the slot of a call that has ended before the next step. Between two steps
/// there is at most one pass of one prompt: so long a call that joins delays the others. Caches and execution are the model's.
/// </summary>
internal sealed class BatchScheduler : IDisposable
{
    // One that is encoded and the next: the queue gives the others in the order of their urgency.
    private const int MaxTexts = 2;

    private readonly DecoderRunner _decoder;
    private readonly RequestQueue _queue;
    private readonly DecodeSpeed _speed;
    private readonly TimeProvider _time;
    private readonly ICallObserver _observer;
    private readonly IEngineObserver _steps;
    private readonly SlotSet _slots;
    private readonly AutoResetEvent _wake = new(false);
    private readonly TextLoop _texts;
    private readonly Action<ScheduledSlot> _advance;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <param name="model">The model; its decoder and text encoder belong to this object from now on.</param>
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
        _slots = new SlotSet(model);
        _advance = Advance;
        _texts = new TextLoop(model.TextEncoder, Wake);
        _thread = new Thread(Run) { Name = "dia decode", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Calls in slots.</summary>
    public int Active => _slots.Taken;

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
            EndStopped();
            FillSlots();
            TakeTexts();
            var prompted = FeedPrompt();
            if (!Step() && !prompted) _wake.WaitOne();
        }

        EndAll(new OperationCanceledException("The engine stopped."));
        while (_queue.TryTake(out var call)) _observer.Failed(call, new OperationCanceledException("The engine stopped."));
    }

    private void EndStopped()
    {
        foreach (var slot in _slots.All)
        {
            if (slot.Call?.Run.Stop is { IsCancellationRequested: true } stop) End(slot, new OperationCanceledException(stop));
        }
    }

    private void FillSlots()
    {
        while (_slots.Count(SlotPhase.Text) < MaxTexts && _slots.FirstFree is { } free && _queue.TryTake(out var call))
        {
            _slots.Take(free, call);
            Attempt(free, Begin);
        }
    }

    private void Begin(ScheduledSlot slot)
    {
        var call = slot.Call!;
        call.Run.Stop.ThrowIfCancellationRequested();
        call.Run.Start();
        slot.Slot.Begin(call.Request);
        if (slot.Slot.Grid is { Finished: true } complete) Pass(slot, complete);
        else _texts.Add(call);
    }

    private void TakeTexts()
    {
        while (_texts.TryTake(out var result))
        {
            using var text = result.Text;
            // A call that was stopped meanwhile has left its slot.
            if (_slots.WaitingForText(result.Call) is not { } slot) continue;
            if (text is null) End(slot, result.Cause!);
            else Attempt(slot, s => Admit(s, text));
        }
    }

    private static void Admit(ScheduledSlot slot, EncodedText text)
    {
        slot.Slot.Admit(text);
        slot.Phase = SlotPhase.Prompt;
    }

    /// <summary>Feeds a pass of the most urgent prompt; false if there is none.</summary>
    private bool FeedPrompt()
    {
        while (_slots.NextPrompt is { } slot)
        {
            var fed = false;
            Attempt(slot, s => fed = s.Slot.Prefill());
            if (fed) return true;
            slot.Phase = SlotPhase.Speech;
        }

        return false;
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
            EndAll(cause);
        }

        return true;
    }

    private void Step(int speaking)
    {
        foreach (var slot in _slots.All)
        {
            if (slot.IsIn(SlotPhase.Speech)) slot.Slot.Feed();
        }

        var started = _time.GetTimestamp();
        _decoder.Step();
        foreach (var slot in _slots.All)
        {
            if (slot.IsIn(SlotPhase.Speech)) Attempt(slot, _advance);
        }

        var duration = _time.GetElapsedTime(started);
        _speed.Stepped(speaking, duration);
        _steps.StepCompleted(speaking, duration);
    }

    private void Advance(ScheduledSlot slot)
    {
        slot.Slot.Advance();
        Pass(slot, slot.Slot.Grid!);
    }

    /// <summary>Passes the rows so far on; a finished call leaves its slot before.</summary>
    private void Pass(ScheduledSlot slot, SpeechGrid grid)
    {
        var call = slot.Call!;
        if (grid.Finished) _slots.Free(slot);
        _observer.Decoded(call, grid);
    }

    /// <summary>Does what concerns one call; if it fails, that call ends.</summary>
    private void Attempt(ScheduledSlot slot, Action<ScheduledSlot> act)
    {
        var call = slot.Call!;
        try
        {
            act(slot);
        }
        catch (Exception cause)
        {
            if (slot.Call == call) _slots.Free(slot);
            _observer.Failed(call, cause);
        }
    }

    private void EndAll(Exception cause)
    {
        foreach (var slot in _slots.All)
        {
            if (slot.Call is not null) End(slot, cause);
        }
    }

    private void End(ScheduledSlot slot, Exception cause)
    {
        var call = slot.Call!;
        _slots.Free(slot);
        _observer.Failed(call, cause);
    }
}
