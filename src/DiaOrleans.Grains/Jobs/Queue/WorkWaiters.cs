using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Jobs.Queue;

/// <summary>Callers that wait for a job. Not thread-safe: for use in grain turns.</summary>
internal sealed class WorkWaiters(TimeProvider time)
{
    private readonly LinkedList<TaskCompletionSource> _waiting = [];

    /// <summary>Waits until <see cref="WakeOne"/> chooses this caller, who then has waited longest.</summary>
    public async Task Wait(TimeSpan upTo, CancellationToken cancellation)
    {
        var waiter = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await waiter.Value.Task.WaitUpTo(LongPoll.Limit(upTo), time, cancellation);
        if (waiter.List is not null) _waiting.Remove(waiter);
    }

    /// <summary>Ends the wait of one caller, if any waits.</summary>
    public void WakeOne()
    {
        if (_waiting.First is not { } waiter) return;
        _waiting.RemoveFirst();
        waiter.Value.SetResult();
    }

    /// <summary>Ends all waits.</summary>
    public void WakeAll()
    {
        while (_waiting.Count > 0) WakeOne();
    }
}
