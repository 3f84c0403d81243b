using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// One write at a time: SQLite has one writer, and its driver makes the thread of everybody who comes second sleep for 150 ms before it looks again.
/// </summary>
internal sealed class OneWriterStorage(IGrainStorage storage) : IGrainStorage, IDisposable
{
    private readonly SemaphoreSlim _writer = new(1);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => storage.ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Alone(() => storage.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Alone(() => storage.ClearStateAsync(stateName, grainId, grainState));

    public void Dispose() => _writer.Dispose();

    private async Task Alone(Func<Task> write)
    {
        await _writer.WaitAsync();
        try
        {
            await write();
        }
        finally
        {
            _writer.Release();
        }
    }
}
