using DiaOrleans.Server.Storage;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Server.Tests.Storage;

public sealed class OneWriterStorageTests
{
    [Fact]
    public async Task Writes_and_clears_come_one_at_a_time_also_after_one_that_fails()
    {
        var inner = new CountingStorage();
        using var storage = new OneWriterStorage(inner);
        var id = GrainId.Create("a", "b");
        await Should.ThrowAsync<IOException>(storage.WriteStateAsync<string>("fails", id, null!));
        await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(_ => new[] { storage.WriteStateAsync<string>("x", id, null!), storage.ClearStateAsync<string>("x", id, null!) }));
        inner.Most.ShouldBe(1);
        inner.Calls.ShouldBe(40);
    }

    private sealed class CountingStorage : IGrainStorage
    {
        private int _now;

        public int Most { get; private set; }

        public int Calls { get; private set; }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => stateName == "fails" ? throw new IOException("full") : Count();

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Count();

        private async Task Count()
        {
            Most = Math.Max(Most, Interlocked.Increment(ref _now));
            Calls++;
            await Task.Yield();
            Interlocked.Decrement(ref _now);
        }
    }
}
