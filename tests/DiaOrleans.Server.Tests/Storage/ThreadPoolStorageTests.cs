using System.Text;
using DiaOrleans.Grains.State;
using DiaOrleans.Server.Storage;
using Orleans.Storage;

namespace DiaOrleans.Server.Tests.Storage;

public sealed class ThreadPoolStorageTests
{
    private static readonly GrainId Id = GrainId.Create("test", "one");

    private readonly BlockingStorage _inner = new();
    private readonly PayloadStorage _storage;

    public ThreadPoolStorageTests() => _storage = new PayloadStorage(new ThreadPoolStorage(_inner, new WriteGroups(new NoTransactions())));

    [Fact]
    public async Task A_blocking_storage_does_not_block_the_caller()
    {
        using var hold = _inner.Hold();
        Task[] calls =
        [
            _storage.WriteStateAsync("s", Id, new GrainState<Note>(new Note { Text = "a" })),
            _storage.ReadStateAsync("s", Id, new GrainState<Note>()),
            _storage.ClearStateAsync("s", Id, new GrainState<Note>()),
        ];
        calls.ShouldAllBe(call => !call.IsCompleted);
        hold.Dispose();
        await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_state_is_stored_as_it_is_at_the_call()
    {
        var state = new GrainState<Note>(new Note { Text = "as called" });
        using var hold = _inner.Hold();
        var writing = _storage.WriteStateAsync("s", Id, state);
        state.State!.Text = "changed meanwhile";
        hold.Dispose();
        await writing.WaitAsync(TimeSpan.FromSeconds(10));
        Encoding.UTF8.GetString(_inner.Bytes!).ShouldContain("as called");
        Version(state).ShouldBe(("1", true));
    }

    [Fact]
    public async Task State_is_read_with_its_version_and_is_a_new_object_if_none_is_stored()
    {
        var state = new GrainState<Note>(new Note { Text = "old" });
        await _storage.ReadStateAsync("s", Id, state);
        (state.State!.Text, Version(state)).ShouldBe(("", (null, false)));
        await _storage.WriteStateAsync("s", Id, new GrainState<Note>(new Note { Text = "kept" }));
        await _storage.ReadStateAsync("s", Id, state);
        (state.State!.Text, Version(state)).ShouldBe(("kept", ("1", true)));
        await _storage.ClearStateAsync("s", Id, state);
        (state.State!.Text, Version(state)).ShouldBe(("", ("2", false)));
    }

    [Fact]
    public async Task Writes_run_one_at_a_time_and_a_failed_write_does_not_block_the_next()
    {
        _inner.Failure = new IOException("No space left on device");
        (await Should.ThrowAsync<IOException>(Write())).ShouldBe(_inner.Failure);
        _inner.Failure = null;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Write()));
        _inner.MaxConcurrent.ShouldBe(1);

        Task Write() => _storage.WriteStateAsync("s", Id, new GrainState<Note>(new Note()));
    }

    private static (string? ETag, bool RecordExists) Version(GrainState<Note> state) => (state.ETag, state.RecordExists);

    [StoredState("test.note", 1)]
    private sealed class Note
    {
        public string Text { get; set; } = "";
    }

    private sealed class NoTransactions : IWriteTransactions, IWriteTransaction
    {
        public IWriteTransaction Begin(int writes) => this;

        public void Commit()
        {
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Blocks the caller, like SQLite's driver: a returned task has already ended.</summary>
    private sealed class BlockingStorage : IGrainStorage
    {
        private readonly ManualResetEventSlim _open = new(true);
        private int _version;
        private int _running;

        public byte[]? Bytes { get; private set; }

        public Exception? Failure { get; set; }

        public int MaxConcurrent { get; private set; }

        public Holding Hold()
        {
            _open.Reset();
            return new Holding(_open);
        }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            _open.Wait();
            grainState.State = (T)(object)new StatePayload { Bytes = Bytes is null ? null : new BinaryData(Bytes) };
            grainState.ETag = Bytes is null ? null : _version.ToString();
            grainState.RecordExists = Bytes is not null;
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Change(grainState, ((StatePayload)(object)grainState.State!).Bytes!.ToArray());
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Change(grainState, null);
            return Task.CompletedTask;
        }

        private void Change<T>(IGrainState<T> state, byte[]? bytes)
        {
            _open.Wait();
            if (Failure is not null) throw Failure;
            MaxConcurrent = Math.Max(MaxConcurrent, Interlocked.Increment(ref _running));
            Thread.Yield();
            Interlocked.Decrement(ref _running);
            Bytes = bytes;
            state.ETag = (++_version).ToString();
            state.RecordExists = bytes is not null;
        }

        public readonly struct Holding(ManualResetEventSlim open) : IDisposable
        {
            public void Dispose() => open.Set();
        }
    }
}
