using Orleans.Storage;

namespace DiaOrleans.Grains.State;

/// <summary>
/// For a reentrant grain that keeps its state in memory and in several rows: after a failed write the two may differ, so every further call
/// fails, and the next activation reads the store. <see cref="StateWrites"/> is the same for the state of an ordinary grain.
/// </summary>
/// <param name="grain">The grain; it is deactivated after a failure.</param>
/// <param name="what">What it keeps, as the subject of a sentence.</param>
/// <param name="failed">Called at a failure, to end calls that wait: the activation does not end before; null for none.</param>
internal sealed class RowsGuard(IGrainBase grain, string what, Action? failed = null)
{
    /// <summary>For how long an activation answers that could read its rows, but not write.</summary>
    public static readonly TimeSpan ReadOnlyTime = TimeSpan.FromSeconds(1);

    private Exception? _failure;
    private Exception? _readOnly;

    /// <summary>Whether a write has failed, or another activation has taken over.</summary>
    public bool HasFailed => _failure is not null;

    /// <summary>
    /// Runs a write by which this activation takes the rows over from an older one. If the store fails (a full disk), the activation only
    /// reads. It ends with the first change that is asked for, or after <see cref="ReadOnlyTime"/>: an older one may still change the rows.
    /// </summary>
    /// <exception cref="InconsistentStateException">Another activation has written the row.</exception>
    public async Task TakeOver(Func<Task> write)
    {
        if (_readOnly is not null) return;
        try
        {
            await write();
        }
        catch (OrleansException e) when (e is not InconsistentStateException)
        {
            _readOnly = e;
            grain.RegisterGrainTimer(EndSoon, ReadOnlyTime, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Throws if an earlier write has failed. To be called before memory is read.</summary>
    /// <exception cref="OrleansException">One has failed.</exception>
    public void ThrowIfFailed()
    {
        if (_failure is not null) throw Unusable(_failure);
    }

    /// <summary>Throws if an earlier write has failed, or this activation only reads. To be called before memory is changed.</summary>
    /// <exception cref="OrleansException">One has failed.</exception>
    public void ThrowIfReadOnly()
    {
        ThrowIfFailed();
        if (_readOnly is null) return;
        // The call that follows gets an activation that tries again to take over.
        Deactivate();
        throw Unusable(_readOnly);
    }

    /// <summary>Runs a write.</summary>
    /// <exception cref="Exception">It failed, with its own exception; every further call fails.</exception>
    public async Task Run(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }
    }

    /// <summary>Throws unless this activation is the newest. One that only reads is not asked: it ends soon.</summary>
    /// <param name="isCurrent">Whether the store has the rows that this activation has opened.</param>
    /// <exception cref="OrleansException">Another activation has taken over; every further call fails.</exception>
    public async Task RequireCurrent(Func<Task<bool>> isCurrent)
    {
        if (_readOnly is not null) return;
        if (!await isCurrent()) Fail(new InconsistentStateException($"{what} has another activation, which has taken over."));
        ThrowIfFailed();
    }

    private OrleansException Unusable(Exception cause) => new($"{what} could not be stored and will be read again.", cause);

    private void Fail(Exception cause)
    {
        _failure ??= cause;
        Deactivate();
    }

    private Task EndSoon()
    {
        Deactivate();
        return Task.CompletedTask;
    }

    private void Deactivate()
    {
        failed?.Invoke();
        grain.DeactivateOnIdle();
    }
}
