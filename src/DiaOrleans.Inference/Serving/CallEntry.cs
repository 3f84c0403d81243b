using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Brings calls from the queue into free slots: their texts are encoded by another thread, their prompts fed in passes. Belongs to the
/// scheduler's thread.
/// </summary>
/// <param name="slots">The slots.</param>
/// <param name="queue">Admitted calls.</param>
/// <param name="texts">Encodes their texts.</param>
/// <param name="activity">The native calls of the scheduler's thread.</param>
/// <param name="before">Slots of another scheduler that calls are taken into first, or null.</param>
/// <param name="memory">Asked before a call takes a slot.</param>
internal sealed class CallEntry(
    SlotSet slots,
    RequestQueue queue,
    TextLoop texts,
    StallWatch.Activity activity,
    SlotSet? before,
    CacheMemory memory)
{
    // One that is encoded and the next: the queue gives the others in the order of their urgency.
    private const int MaxTexts = 2;

    /// <summary>Whether a call waits for memory that others use; nobody tells when they give it back.</summary>
    public bool LacksMemory { get; private set; }

    private bool MayTake => before is not { IsFull: false } && slots.Count(SlotPhase.Text) < MaxTexts;

    /// <summary>
    /// Takes calls into free slots, and texts that have been encoded into the slots of their calls. True if the last free slot was taken.
    /// </summary>
    public bool Advance()
    {
        var taken = false;
        LacksMemory = false;
        while (MayTake && slots.FirstFree is { } free && queue.TryTake(out var call, waiting => HasMemory(free, waiting)))
        {
            slots.Take(free, call);
            slots.Attempt(free, Begin);
            taken = true;
        }

        while (texts.TryTake(out var result)) Take(result);
        return taken && slots.IsFull;
    }

    /// <summary>Feeds a pass of the most urgent prompt; false if there is none.</summary>
    public bool FeedPrompt()
    {
        while (slots.NextPrompt is { } slot)
        {
            var fed = false;
            using var pass = activity.Begin();
            slots.Attempt(slot, s => fed = s.Slot.Prefill());
            if (fed) return true;
            slot.Phase = SlotPhase.Speech;
        }

        return false;
    }

    /// <summary>Whether there is memory for the call, or no other call will give any back: then it fails, instead of waiting.</summary>
    private bool HasMemory(ScheduledSlot slot, QueuedCall call)
    {
        LacksMemory = !memory.TryPromise(slot, () => slot.Slot.Growth(call.Request)) && !memory.IsIdle;
        return !LacksMemory;
    }

    private void Begin(ScheduledSlot slot)
    {
        if (!memory.Has(slot)) throw new InsufficientMemoryException("The machine has no memory left for the caches of this call.");
        var call = slot.Call!;
        call.Run.Stop.ThrowIfCancellationRequested();
        call.Run.Start();
        slot.Slot.Begin(call.Request);
        if (slot.Slot.Grid is { Finished: true } complete) slots.Pass(slot, complete);
        else texts.Add(call);
    }

    private void Take(TextResult result)
    {
        using var text = result.Text;
        // A call that was stopped meanwhile has left its slot.
        if (slots.WaitingForText(result.Call) is not { } slot) return;
        if (text is null) slots.End(slot, result.Cause!);
        else slots.Attempt(slot, s => Admit(s, text));
    }

    private static void Admit(ScheduledSlot slot, EncodedText text)
    {
        slot.Slot.Admit(text);
        slot.Phase = SlotPhase.Prompt;
    }
}
