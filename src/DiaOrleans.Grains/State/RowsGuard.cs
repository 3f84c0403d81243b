using Orleans.Storage;

namespace DiaOrleans.Grains.State;

/// <summary>
/// For a reentrant grain that keeps its state in memory and in several rows: after a failed write the two may differ, so every further call
/// fails, and the next activation reads the store. <see cref="StateWrites"/> is the same for the state of an ordinary grain.
/// </summary>
/// <param name="grain">The grain; it is deactivated after a failure.</param>
/// <param name="what">What it keeps, as the subject of a sentence.</param>
internal sealed class RowsGuard(IGrainBase grain, string what)
{
    private Exception? _failure;

    /// <summary>Whether a write has failed, or another activation has taken over.</summary>
    public bool HasFailed => _failure is not null;

    /// <summary>Throws if an earlier write has failed. To be called before memory is read or changed.</summary>
    /// <exception cref="OrleansException">One has failed.</exception>
    public void ThrowIfFailed()
    {
        if (_failure is not null) throw new OrleansException($"{what} could not be stored and will be read again.", _failure);
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

    /// <summary>Throws unless this activation is the newest.</summary>
    /// <param name="isCurrent">Whether the store has the rows that this activation has opened.</param>
    /// <exception cref="OrleansException">Another activation has taken over; every further call fails.</exception>
    public async Task RequireCurrent(Func<Task<bool>> isCurrent)
    {
        if (!await isCurrent()) Fail(new InconsistentStateException($"{what} has another activation, which has taken over."));
        ThrowIfFailed();
    }

    private void Fail(Exception cause)
    {
        _failure ??= cause;
        grain.DeactivateOnIdle();
    }
}
