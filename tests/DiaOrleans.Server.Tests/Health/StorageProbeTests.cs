using DiaOrleans.Server.Health;
using Microsoft.Extensions.Time.Testing;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Server.Tests.Health;

public sealed class StorageProbeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedStorage _storage = new();
    private readonly StorageProbe _probe;

    public StorageProbeTests() => _probe = new StorageProbe(_storage, _time);

    [Fact]
    public async Task IsAnswering_ManyQuestionsWithinASecond_OneRead()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _probe.IsAnswering()));
        answers.ShouldAllBe(answer => answer);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        (await _probe.IsAnswering()).ShouldBeTrue();
        _storage.Reads.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        (await _probe.IsAnswering()).ShouldBeTrue();
        _storage.Reads.ShouldBe(2);
    }

    [Fact]
    public async Task IsAnswering_TheReadFails_FalseUntilOneSucceeds()
    {
        _storage.Read = () => Task.FromException(new IOException("no connection"));
        (await _probe.IsAnswering()).ShouldBeFalse();
        _storage.Read = () => Task.CompletedTask;
        (await _probe.IsAnswering()).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        (await _probe.IsAnswering()).ShouldBeTrue();
    }

    [Fact]
    public async Task IsAnswering_TheReadHangs_FalseAtTheLimitAndAtOnceAfterItWithoutAnotherRead()
    {
        var hanging = new TaskCompletionSource();
        _storage.Read = () => hanging.Task;
        var first = _probe.IsAnswering();
        await Until(() => _storage.Reads == 1);
        first.IsCompleted.ShouldBeFalse();
        _time.Advance(StorageProbe.Limit);
        (await first).ShouldBeFalse();
        _time.Advance(TimeSpan.FromMinutes(1));
        (await _probe.IsAnswering()).ShouldBeFalse();
        _storage.Reads.ShouldBe(1);
        _storage.Read = () => Task.CompletedTask;
        hanging.SetResult();
        await Until(() => _probe.IsAnswering().Result);
        _storage.Reads.ShouldBe(2);
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition()) await Task.Delay(5, limit.Token);
    }

    private sealed class ScriptedStorage : IGrainStorage
    {
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public Func<Task> Read { get; set; } = () => Task.CompletedTask;

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Interlocked.Increment(ref _reads);
            return Read();
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            throw new InvalidOperationException("A probe writes nothing.");

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            throw new InvalidOperationException("A probe clears nothing.");
    }
}
