using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// Calls a blocking storage on the thread pool, so that it does not block grain turns: SQLite's driver has no asynchronous input and
/// output, its tasks block. Writes run one at a time, because a second writer would wait inside SQLite and hold a thread.
/// </summary>
/// <param name="inner">The blocking storage.</param>
internal sealed class ThreadPoolStorage(IGrainStorage inner) : IGrainStorage
{
    private const int MaxReaders = 4;

    private readonly SemaphoreSlim _writer = new(1);
    private readonly SemaphoreSlim _readers = new(MaxReaders);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        RunOnThreadPool(_readers, () => inner.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        RunOnThreadPool(_writer, () => inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        RunOnThreadPool(_writer, () => inner.ClearStateAsync(stateName, grainId, grainState));

    private static async Task RunOnThreadPool(SemaphoreSlim limit, Func<Task> access)
    {
        await limit.WaitAsync();
        try
        {
            await Task.Run(access);
        }
        finally
        {
            limit.Release();
        }
    }
}
