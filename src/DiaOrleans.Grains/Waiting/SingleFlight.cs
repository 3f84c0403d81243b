using System.Collections.Concurrent;

namespace DiaOrleans.Grains.Waiting;

/// <summary>
/// Runs work once for all callers that request it under the same key at the same time. The work continues when a caller cancels its wait.
/// A result is not kept: a call after the end runs the work again.
/// </summary>
internal sealed class SingleFlight<TKey, TResult> where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TResult>>> _running = new();

    /// <summary>The result of the work that runs under this key, started if none runs.</summary>
    /// <param name="key">What the callers have in common.</param>
    /// <param name="work">The work; not called if it is running for another caller.</param>
    /// <param name="cancellationToken">Ends the wait of this caller.</param>
    public Task<TResult> Run(TKey key, Func<Task<TResult>> work, CancellationToken cancellationToken)
    {
        var running = _running.GetOrAdd(key, _ => new Lazy<Task<TResult>>(() => RunAndRemove(key, work)));
        return running.Value.WaitAsync(cancellationToken);
    }

    private async Task<TResult> RunAndRemove(TKey key, Func<Task<TResult>> work)
    {
        // The entry must be in the dictionary before the work can end and remove it.
        await Task.Yield();
        try
        {
            return await work();
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }
}
