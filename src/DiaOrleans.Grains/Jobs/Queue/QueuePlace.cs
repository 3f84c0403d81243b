namespace DiaOrleans.Grains.Jobs.Queue;

/// <summary>A job in a <see cref="LeaseQueue"/>, with what is known of it in memory only.</summary>
internal sealed class QueuePlace
{
    /// <summary>Orders places by their sequence numbers.</summary>
    public static readonly IComparer<QueuePlace> BySequence = Comparer<QueuePlace>.Create((a, b) => a.Sequence.CompareTo(b.Sequence));

    public required Guid Id { get; init; }

    public required long Sequence { get; init; }

    /// <summary>Number of the segment that stores it.</summary>
    public required long Segment { get; init; }

    /// <summary>Address of the silo that holds its lease; null if it is not leased.</summary>
    public string? Owner { get; set; }

    /// <summary>Fencing token of the last lease; 0 before the first.</summary>
    public long Token { get; set; }

    /// <summary>Whether it is processing.</summary>
    public bool Begun { get; set; }

    /// <summary>Whether its job is known to be stored.</summary>
    public bool Confirmed { get; set; }

    /// <summary>
    /// Whether it was read from the store and not leased since: its job may have ended, if its lease and its removal were not stored.
    /// </summary>
    public bool IsRead { get; set; }

    /// <summary>If leased: when the lease expires. Else: when it may be taken. Monotonic time.</summary>
    public TimeSpan At { get; set; }

    /// <summary>When its lease was taken by this instance of the queue; null before. Monotonic time.</summary>
    public TimeSpan? TakenAt { get; set; }

    /// <summary>What is stored.</summary>
    public QueueEntry ToEntry() => new(Id, Sequence, Owner, Token, Begun);
}
