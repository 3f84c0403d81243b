namespace DiaOrleans.Grains.Waiting;

/// <summary>
/// Runs work once for all callers that request it under the same key at the same time. Unlike that of <see cref="SingleFlight{TKey,
/// TResult}"/> it is cancelled when the last caller has left.
/// </summary>
internal sealed class SharedWork<TKey, TResult> where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Entry> _running = [];

    /// <summary>Callers that wait, all keys together.</summary>
    public int Callers
    {
        get
        {
            lock (_gate) return _running.Values.Sum(entry => entry.Callers);
        }
    }

    /// <summary>The result of the work that runs under this key, started if none runs.</summary>
    /// <param name="key">What the callers have in common.</param>
    /// <param name="work">The work; not called if it is running for another caller.</param>
    /// <param name="cancellationToken">Ends the wait of this caller.</param>
    public async Task<TResult> Run(TKey key, Func<CancellationToken, Task<TResult>> work, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_gate)
        {
            if (!_running.TryGetValue(key, out entry!)) _running[key] = entry = new Entry(stop => RunAndRemove(key, work, stop));
            entry.Callers++;
        }

        try
        {
            return await entry.Result.WaitAsync(cancellationToken);
        }
        finally
        {
            if (Leave(key, entry)) await entry.Stop.CancelAsync();
        }
    }

    private async Task<TResult> RunAndRemove(TKey key, Func<CancellationToken, Task<TResult>> work, CancellationTokenSource stop)
    {
        // The entry must be in the dictionary before the work can end and remove it.
        await Task.Yield();
        try
        {
            return await work(stop.Token);
        }
        finally
        {
            lock (_gate) Remove(key, stop);
        }
    }

    /// <summary>True if nobody waits for the work any more.</summary>
    private bool Leave(TKey key, Entry entry)
    {
        lock (_gate)
        {
            if (--entry.Callers > 0) return false;
            Remove(key, entry.Stop);
            return true;
        }
    }

    /// <summary>Under the key may be other work already.</summary>
    private void Remove(TKey key, CancellationTokenSource stop)
    {
        if (_running.TryGetValue(key, out var entry) && entry.Stop == stop) _running.Remove(key);
    }

    private sealed class Entry
    {
        public Entry(Func<CancellationTokenSource, Task<TResult>> run) => Result = run(Stop);

        public CancellationTokenSource Stop { get; } = new();

        public Task<TResult> Result { get; }

        public int Callers { get; set; }
    }
}
