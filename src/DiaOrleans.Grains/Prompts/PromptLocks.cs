namespace DiaOrleans.Grains.Prompts;

/// <summary>One lock for each audio prompt in this process: its holder alone changes the prompt's files and state.</summary>
internal sealed class PromptLocks
{
    private readonly Dictionary<string, Entry> _entries = [];

    /// <summary>Waits for the lock of a prompt.</summary>
    /// <returns>Releases the lock when disposed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public async Task<IDisposable> Acquire(string promptId, CancellationToken cancellationToken)
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
            return new Holder(entry);
        }
        catch
        {
            Leave(entry);
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

    private sealed class Holder(Entry entry) : IDisposable
    {
        private Entry? _entry = entry;

        public void Dispose() => Interlocked.Exchange(ref _entry, null)?.Release();
    }
}
