using System.Text;
using DiaOrleans.Grains.State;
using DiaOrleans.Server.Storage;
using Orleans.Storage;

namespace DiaOrleans.Server.Tests.Storage;

public sealed class OffTurnStorageTests
{
    private static readonly GrainId Id = GrainId.Create("test", "one");

    private readonly BlockingDisk _disk = new();
    private readonly OffTurnStorage _storage;

    public OffTurnStorageTests() => _storage = new OffTurnStorage(_disk);

    [Fact]
    public async Task A_disk_that_blocks_does_not_block_the_caller()
    {
        using var hold = _disk.Hold();
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
    public async Task What_was_the_state_at_the_call_is_what_is_stored()
    {
        var state = new GrainState<Note>(new Note { Text = "as called" });
        using var hold = _disk.Hold();
        var writing = _storage.WriteStateAsync("s", Id, state);
        state.State!.Text = "changed meanwhile";
        hold.Dispose();
        await writing.WaitAsync(TimeSpan.FromSeconds(10));
        Encoding.UTF8.GetString(_disk.Bytes!).ShouldContain("as called");
        (state.ETag, state.RecordExists).ShouldBe(("1", true));
    }

    [Fact]
    public async Task State_comes_back_with_its_version_and_is_new_where_there_is_none()
    {
        var state = new GrainState<Note>(new Note { Text = "old" });
        await _storage.ReadStateAsync("s", Id, state);
        (state.State!.Text, state.ETag, state.RecordExists).ShouldBe(("", null, false));
        await _storage.WriteStateAsync("s", Id, new GrainState<Note>(new Note { Text = "kept" }));
        await _storage.ReadStateAsync("s", Id, state);
        (state.State!.Text, state.ETag, state.RecordExists).ShouldBe(("kept", "1", true));
        await _storage.ClearStateAsync("s", Id, state);
        (state.State!.Text, state.ETag, state.RecordExists).ShouldBe(("", "2", false));
    }

    [Fact]
    public async Task Writes_go_one_at_a_time_and_one_that_fails_lets_the_next_go()
    {
        _disk.Failure = new IOException("No space left on device");
        (await Should.ThrowAsync<IOException>(_storage.WriteStateAsync("s", Id, new GrainState<Note>(new Note())))).ShouldBe(_disk.Failure);
        _disk.Failure = null;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _storage.WriteStateAsync("s", Id, new GrainState<Note>(new Note()))));
        _disk.MostAtOnce.ShouldBe(1);
    }

    [StoredState("test.note", 1)]
    private sealed class Note
    {
        public string Text { get; set; } = "";
    }

    /// <summary>Blocks like SQLite's driver: its tasks have ended when they are returned.</summary>
    private sealed class BlockingDisk : IGrainStorage
    {
        private readonly ManualResetEventSlim _open = new(true);
        private int _version;
        private int _now;

        public byte[]? Bytes { get; private set; }

        public Exception? Failure { get; set; }

        public int MostAtOnce { get; private set; }

        public Holding Hold()
        {
            _open.Reset();
            return new Holding(_open);
        }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            _open.Wait();
            grainState.State = (T)(object)new StatePayload { Bytes = Bytes is null ? null : new BinaryData(Bytes) };
            (grainState.ETag, grainState.RecordExists) = (Bytes is null ? null : _version.ToString(), Bytes is not null);
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
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
            Thread.Yield();
            Interlocked.Decrement(ref _now);
            Bytes = bytes;
            (state.ETag, state.RecordExists) = ((++_version).ToString(), bytes is not null);
        }

        public readonly struct Holding(ManualResetEventSlim open) : IDisposable
        {
            public void Dispose() => open.Set();
        }
    }
}
