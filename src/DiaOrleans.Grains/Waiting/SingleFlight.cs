using System.Collections.Concurrent;

namespace DiaOrleans.Grains.Waiting;

/// <summary>Work that several ask for at once is done once. It goes on where one of them leaves, and is not remembered once it has ended.</summary>
internal sealed class SingleFlight<TKey, TResult> where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TResult>>> _running = new();

    public Task<TResult> Run(TKey key, Func<Task<TResult>> work, CancellationToken cancellationToken)
    {
        var flight = _running.GetOrAdd(key, _ => new Lazy<Task<TResult>>(() => Fly(key, work)));
        return flight.Value.WaitAsync(cancellationToken);
    }

    private async Task<TResult> Fly(TKey key, Func<Task<TResult>> work)
    {
        // The entry must be there before the work can end and take it away.
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
