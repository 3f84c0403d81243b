using System.Numerics;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// The scheduler's slots in the order of the batch, and how calls leave them. A step computes the batch up to the last slot that speaks, so
/// that speaking calls are kept together in front. Belongs to the scheduler's thread, but for <see cref="Taken"/>.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="decoder">A decoder of the model; the slots are its own.</param>
/// <param name="memory">Gets back what was promised to a slot.</param>
/// <param name="observer">Told of every row and every failed call.</param>
internal sealed class SlotSet(DiaModel model, DecoderRunner decoder, CacheMemory memory, ICallObserver observer)
{
    private readonly ScheduledSlot[] _slots =
        [.. Enumerable.Range(0, decoder.Slots).Select(i => new ScheduledSlot(new Slot(i, model, decoder)))];

    private int _taken;

    /// <summary>Slots that have a call. May be read by any thread.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Whether every slot has a call. May be read by any thread.</summary>
    public bool IsFull => Taken == _slots.Length;

    /// <summary>The first free slot, or null.</summary>
    public ScheduledSlot? FirstFree => Array.Find(_slots, slot => slot.Call is null);

    /// <summary>All slots, in the order of the batch.</summary>
    public ReadOnlySpan<ScheduledSlot> All => _slots;

    /// <summary>The slot whose prompt is fed next, or null.</summary>
    public ScheduledSlot? NextPrompt
    {
        get
        {
            ScheduledSlot? next = null;
            foreach (var slot in _slots)
            {
                if (!slot.IsIn(SlotPhase.Prompt)) continue;
                if (next is null || slot.Call!.Run.Call.Priority < next.Call!.Run.Call.Priority) next = slot;
            }

            return next;
        }
    }

    /// <summary>Number of slots in a phase.</summary>
    public int Count(SlotPhase phase)
    {
        var count = 0;
        foreach (var slot in _slots)
        {
            if (slot.IsIn(phase)) count++;
        }

        return count;
    }

    /// <summary>The slot whose call waits for its text, or null if that call has left.</summary>
    public ScheduledSlot? WaitingForText(QueuedCall call) => Array.Find(_slots, slot => slot.Call == call && slot.Phase == SlotPhase.Text);

    /// <summary>Gives a free slot to a call.</summary>
    public void Take(ScheduledSlot slot, QueuedCall call)
    {
        slot.Take(call);
        Interlocked.Increment(ref _taken);
    }

    /// <summary>Passes the rows of a call so far on; a finished call leaves its slot before.</summary>
    public void Pass(ScheduledSlot slot, SpeechGrid grid)
    {
        var call = slot.Call!;
        if (grid.Finished) Free(slot);
        observer.Decoded(call, grid);
    }

    /// <summary>Does what concerns one call; if it fails, that call ends.</summary>
    public void Attempt(ScheduledSlot slot, Action<ScheduledSlot> act)
    {
        var call = slot.Call!;
        try
        {
            act(slot);
        }
        catch (Exception cause)
        {
            if (slot.Call == call) Free(slot);
            observer.Failed(call, cause);
        }
    }

    /// <summary>Ends a call.</summary>
    public void End(ScheduledSlot slot, Exception cause)
    {
        var call = slot.Call!;
        Free(slot);
        observer.Failed(call, cause);
    }

    /// <summary>Ends all calls.</summary>
    public void EndAll(Exception cause)
    {
        foreach (var slot in _slots)
        {
            if (slot.Call is not null) End(slot, cause);
        }
    }

    /// <summary>Ends the calls that are to be stopped.</summary>
    public void EndStopped()
    {
        foreach (var slot in _slots)
        {
            if (slot.Call?.Run.Stop is { IsCancellationRequested: true } stop) End(slot, new OperationCanceledException(stop));
        }
    }

    /// <summary>
    /// Moves speaking calls from the last slots into free ones as long as the batch can then be half as large: a step costs as much as its
    /// batch.
    /// </summary>
    public void CloseGaps()
    {
        while (true)
        {
            var last = Array.FindLastIndex(_slots, slot => slot.IsIn(SlotPhase.Speech));
            var speaking = Count(SlotPhase.Speech);
            if (speaking == 0 || Batch(speaking) >= Batch(last + 1)) return;
            var free = Array.FindIndex(_slots, 0, last, slot => slot.Call is null);
            if (free < 0) return;
            _slots[last].Slot.TakePlaceOf(_slots[free].Slot);
            var moved = _slots[last];
            _slots[last] = _slots[free];
            _slots[free] = moved;
        }
    }

    private void Free(ScheduledSlot slot)
    {
        slot.Free();
        memory.Release(slot);
        Interlocked.Decrement(ref _taken);
    }

    private static uint Batch(int slots) => BitOperations.RoundUpToPowerOf2((uint)slots);
}
