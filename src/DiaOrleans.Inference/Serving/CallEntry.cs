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
internal sealed class CallEntry(SlotSet slots, RequestQueue queue, TextLoop texts, StallWatch.Activity activity)
{
    // One that is encoded and the next: the queue gives the others in the order of their urgency.
    private const int MaxTexts = 2;

    /// <summary>Takes calls into free slots, and texts that have been encoded into the slots of their calls.</summary>
    public void Advance()
    {
        while (slots.Count(SlotPhase.Text) < MaxTexts && slots.FirstFree is { } free && queue.TryTake(out var call))
        {
            slots.Take(free, call);
            slots.Attempt(free, Begin);
        }

        while (texts.TryTake(out var result)) Take(result);
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

    private void Begin(ScheduledSlot slot)
    {
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
