namespace DiaOrleans.Grains.Prompts;

/// <summary>
/// One lock for each audio prompt: its holder alone changes the prompt's files and state. Callers of one silo wait in order here; the
/// first of them waits for other silos.
/// </summary>
/// <param name="shared">The locks between silos; null if there is one silo.</param>
internal sealed class PromptLocks(SharedPromptLocks? shared = null)
{
    private readonly Dictionary<string, Entry> _entries = [];

    /// <summary>Waits for the lock of a prompt.</summary>
    /// <returns>Releases the lock when disposed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public async Task<IAsyncDisposable> Acquire(string promptId, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(promptId, out entry!)) _entries[promptId] = entry = new Entry(this, promptId);
            entry.Users++;
        }

        try
        {
            await entry.Semaphore.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(entry);
            throw;
        }

        try
        {
            return new Holder(entry, shared, shared is null ? default : await shared.Take(promptId, cancellationToken));
        }
        catch
        {
            entry.Release();
            throw;
        }
    }

    private void Leave(Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users == 0) _entries.Remove(entry.PromptId);
        }
    }

    private sealed class Entry(PromptLocks owner, string promptId)
    {
        public readonly SemaphoreSlim Semaphore = new(1);

        public string PromptId => promptId;

        /// <summary>Holders and waiters.</summary>
        public int Users { get; set; }

        public void Release()
        {
            Semaphore.Release();
            owner.Leave(this);
        }
    }

    private sealed class Holder(Entry entry, SharedPromptLocks? shared, Guid name) : IAsyncDisposable
    {
        private Entry? _entry = entry;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _entry, null) is not { } held) return;
            if (shared is not null) await shared.Release(held.PromptId, name);
            held.Release();
        }
    }
}
