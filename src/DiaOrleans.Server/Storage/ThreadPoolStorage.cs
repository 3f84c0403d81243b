using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// Calls a blocking storage on the thread pool, so that it does not block grain turns: SQLite's driver has no asynchronous input and
/// output, its tasks block. Writes run one at a time, because a second writer would wait inside SQLite and hold a thread.
/// </summary>
/// <param name="inner">The blocking storage.</param>
/// <param name="writes">Runs its writes.</param>
internal sealed class ThreadPoolStorage(IGrainStorage inner, WriteGroups writes) : IGrainStorage
{
    private const int MaxReaders = 4;

    private readonly SemaphoreSlim _readers = new(MaxReaders);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await _readers.WaitAsync();
        try
        {
            await Task.Run(() => inner.ReadStateAsync(stateName, grainId, grainState));
        }
        finally
        {
            _readers.Release();
        }
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        writes.Run(grainState, state => inner.WriteStateAsync(stateName, grainId, state));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        writes.Run(grainState, state => inner.ClearStateAsync(stateName, grainId, state));
}
