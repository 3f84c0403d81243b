using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.State;

/// <summary>
/// One stored row of a grain that keeps its state in several rows. Writes that are asked for while one runs are made as one write after
/// it, so that a reentrant grain commits them as a group. A write that is not based on the newest version of the row is a conflict, so the
/// rows of an activation that has been replaced cannot be overwritten by it. Not thread-safe: for use in grain turns.
/// </summary>
/// <param name="storage">The grain storage <see cref="StateStorage.ProviderName"/>.</param>
/// <param name="name">Name of the state.</param>
/// <param name="id">Key of the row.</param>
internal sealed class StoredRow<T>(IGrainStorage storage, string name, GrainId id) where T : class, new()
{
    private readonly GrainState<T> _row = new(new T());
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <summary>The state; change it in place, then write it.</summary>
    public T State => _row.State!;

    /// <summary>Whether the store has a version of the row, a cleared one included.</summary>
    public bool Exists => _row.ETag is not null;

    /// <summary>Reads the newest version.</summary>
    public Task Read() => Run(() => storage.ReadStateAsync(name, id, _row));

    /// <summary>Whether the store still has the version that was read or written last.</summary>
    public async Task<bool> IsCurrent()
    {
        while (true)
        {
            await _running;
            var before = _row.ETag;
            var stored = new GrainState<T>(new T());
            await Run(() => storage.ReadStateAsync(name, id, stored));
            if (stored.ETag == _row.ETag) return true;
            if (_running.IsCompleted && _row.ETag == before) return false;
        }
    }

    /// <summary>Stores the state as it is now or will be when the write that runs has ended.</summary>
    /// <exception cref="InconsistentStateException">Another activation has written the row.</exception>
    public Task Write()
    {
        // A next write that waits may go on some turns after the one that runs has ended.
        if (_next is not null) return _next;
        return _running.IsCompletedSuccessfully ? _running = WriteNow() : _next = WriteNext();
    }

    /// <summary>Removes the state and leaves a version, on which a write based on an older one fails.</summary>
    public async Task Clear()
    {
        await (_next ?? _running);
        if (Exists) await (_running = Run(() => storage.ClearStateAsync(name, id, _row)));
    }

    private async Task WriteNext()
    {
        // A failed write fails those after it too: the activation ends, and the next one reads the store.
        await _running;
        _next = null;
        await (_running = WriteNow());
    }

    private Task WriteNow() => Run(() => storage.WriteStateAsync(name, id, _row));

    /// <summary>Reports a failing store as Orleans does for the state of a grain.</summary>
    private async Task Run(Func<Task> access)
    {
        try
        {
            await access();
        }
        catch (Exception e) when (e is not OrleansException)
        {
            throw new OrleansException($"The store failed at {name} of {id}.", e);
        }
    }
}
