using DiaOrleans.Grains.Jobs.Queue;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Tests.Fakes;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.Tests.State;

public sealed class StoredRowTests
{
    private readonly SharedStorage _storage = new();

    [Fact]
    public async Task Writes_that_are_asked_for_while_one_runs_are_one_write()
    {
        var slow = new SlowStorage(_storage);
        var row = Row(slow);
        row.State.Epoch = 1;
        var first = row.Write();
        row.State.Epoch = 2;
        var second = row.Write();
        row.State.Epoch = 3;
        var third = row.Write();
        slow.Release();
        await first;
        second.IsCompleted.ShouldBeFalse();
        slow.Release();
        await Task.WhenAll(second, third);
        _storage.Writes.ShouldBe(2);
        (await Reread()).State.Epoch.ShouldBe(3);
    }

    [Fact]
    public async Task A_turn_between_the_end_of_a_write_and_the_start_of_the_next_shares_the_next()
    {
        var slow = new SlowStorage(_storage);
        var row = Row(slow);
        var turns = new Turns();
        Task[] writes = [];
        turns.RunFirst(() => writes = [row.Write(), row.Write()]);
        for (var i = 0; i < 3; i++) slow.Release();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!writes[0].IsCompleted) await turns.RunNext(limit.Token);
        turns.RunFirst(() => writes = [.. writes, row.Write()]);
        var all = Task.WhenAll(writes);
        while (!all.IsCompleted) await turns.RunNext(limit.Token);
        await all;
        _storage.Writes.ShouldBe(2);
    }

    [Fact]
    public async Task A_failed_write_fails_those_after_it_and_is_reported_as_a_fault_of_the_silo()
    {
        var slow = new SlowStorage(_storage);
        var row = Row(slow);
        _storage.FailNext = "job-queue-head";
        var first = row.Write();
        var second = row.Write();
        slow.Release();
        await Should.ThrowAsync<OrleansException>(first);
        await Should.ThrowAsync<OrleansException>(second);
        _storage.Writes.ShouldBe(0);
    }

    [Fact]
    public async Task An_older_instance_notices_a_newer_one_and_cannot_write()
    {
        var old = await Reread();
        await old.Write();
        (await old.IsCurrent()).ShouldBeTrue();
        var newer = await Reread();
        await newer.Write();
        (await old.IsCurrent()).ShouldBeFalse();
        await Should.ThrowAsync<InconsistentStateException>(old.Write());
        await Should.ThrowAsync<InconsistentStateException>((await Reread()).Clear().ContinueWith(_ => newer.Write()).Unwrap());
    }

    private async Task<StoredRow<JobQueueHead>> Reread()
    {
        var row = Row(_storage);
        await row.Read();
        return row;
    }

    private static StoredRow<JobQueueHead> Row(IGrainStorage storage) =>
        new(storage, "job-queue-head", GrainId.Create("job-queue-head", "k"));

    /// <summary>Runs what is queued when the test says so, one after another, as the turns of a grain.</summary>
    private sealed class Turns : TaskScheduler
    {
        private readonly LinkedList<Task> _queued = [];
        private bool _isFirst;

        public void RunFirst(Action work)
        {
            _isFirst = true;
            new Task(work).Start(this);
            _isFirst = false;
            RunQueued();
        }

        public async Task RunNext(CancellationToken limit)
        {
            while (!RunQueued()) await Task.Delay(1, limit);
        }

        protected override void QueueTask(Task task)
        {
            lock (_queued)
            {
                if (_isFirst) _queued.AddFirst(task);
                else _queued.AddLast(task);
            }
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];

        private bool RunQueued()
        {
            Task next;
            lock (_queued)
            {
                if (_queued.First is not { } first) return false;
                next = first.Value;
                _queued.RemoveFirst();
            }

            return TryExecuteTask(next);
        }
    }

    /// <summary>A storage whose writes wait for the test.</summary>
    private sealed class SlowStorage(SharedStorage inner) : IGrainStorage
    {
        private readonly SemaphoreSlim _gate = new(0);

        public void Release() => _gate.Release();

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            inner.ReadStateAsync(stateName, grainId, grainState);

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await _gate.WaitAsync();
            await inner.WriteStateAsync(stateName, grainId, grainState);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            inner.ClearStateAsync(stateName, grainId, grainState);
    }
}
