using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>A slot and the call that has it. Belongs to the scheduler's thread.</summary>
internal sealed class ScheduledSlot(Slot slot)
{
    /// <summary>The slot of the decoder.</summary>
    public Slot Slot => slot;

    /// <summary>The call; null if the slot is free.</summary>
    public QueuedCall? Call { get; private set; }

    /// <summary>How far the call is.</summary>
    public SlotPhase Phase { get; set; }

    /// <summary>Whether it has a call that is in the phase.</summary>
    public bool IsIn(SlotPhase phase) => Call is not null && Phase == phase;

    /// <summary>Gives the free slot to a call, which waits for its text.</summary>
    public void Take(QueuedCall call)
    {
        Call = call;
        Phase = SlotPhase.Text;
    }

    /// <summary>Frees the slot.</summary>
    public void Free()
    {
        slot.Leave();
        Call = null;
    }
}

/// <summary>How far the call of a slot is.</summary>
internal enum SlotPhase
{
    /// <summary>Its text is being encoded.</summary>
    Text,

    /// <summary>Its prompt is being fed.</summary>
    Prompt,

    /// <summary>It steps.</summary>
    Speech,
}
