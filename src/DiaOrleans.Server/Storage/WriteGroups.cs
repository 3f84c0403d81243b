using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// Runs blocking writes of state on the thread pool, one at a time. Those that wait while one runs are the next transaction together, so
/// that many writers share one flush of the disk. Thread-safe.
/// </summary>
/// <param name="transactions">Begins transactions.</param>
internal sealed class WriteGroups(IWriteTransactions transactions)
{
    /// <summary>Writes of a transaction at most, so that a removal of much does not let others wait for long.</summary>
    public const int Largest = 32;

    private readonly Lock _gate = new();
    private readonly Queue<PendingWrite> _waiting = new();
    private bool _isRunning;

    /// <summary>Writes a state; when it returns, the write is committed, and the state has its new version.</summary>
    /// <param name="state">The state.</param>
    /// <param name="write">Writes its copy. It is called again if the transaction that it was a part of could not be committed.</param>
    /// <exception cref="InconsistentStateException">The write was not based on the newest version.</exception>
    public Task Run<T>(IGrainState<T> state, Func<IGrainState<T>, Task> write)
    {
        var waiting = new StateWrite<T>(state, write);
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            if (_isRunning) return waiting.Ended;
            _isRunning = true;
        }

        // Without the context of the caller: it writes for others, too.
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = RunGroups(), null);
        return waiting.Ended;
    }

    private async Task RunGroups()
    {
        while (TakeGroup() is { Count: > 0 } group) await Run(group);
    }

    private List<PendingWrite> TakeGroup()
    {
        var group = new List<PendingWrite>();
        lock (_gate)
        {
            while (group.Count < Largest && _waiting.TryDequeue(out var next)) group.Add(next);
            _isRunning = group.Count > 0;
        }

        return group;
    }

    /// <summary>If a transaction fails, each of its writes is made alone: the fault may be that of one of them.</summary>
    private async Task Run(IReadOnlyList<PendingWrite> group)
    {
        try
        {
            using var transaction = transactions.Begin(group.Count);
            foreach (var write in group) await write.Attempt();
            transaction.Commit();
        }
        catch (Exception e)
        {
            if (group.Count == 1) group[0].Fail(e);
            else await RunAlone(group);
            return;
        }

        foreach (var write in group) write.End();
    }

    private async Task RunAlone(IReadOnlyList<PendingWrite> group)
    {
        foreach (var write in group) await Run([write]);
    }

    private abstract class PendingWrite
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private InconsistentStateException? _conflict;

        public Task Ended => _ended.Task;

        /// <summary>A conflict is the end of this write, and changes nothing: the others of its transaction go on.</summary>
        public async Task Attempt()
        {
            _conflict = null;
            try
            {
                await Write();
            }
            catch (InconsistentStateException e)
            {
                _conflict = e;
            }
        }

        public void End()
        {
            if (_conflict is not null)
            {
                Fail(_conflict);
                return;
            }

            Publish();
            _ended.SetResult();
        }

        public void Fail(Exception cause) => _ended.SetException(cause);

        protected abstract Task Write();

        protected abstract void Publish();
    }

    /// <summary>Writes a copy, so that a transaction that is rolled back leaves no version in the state.</summary>
    private sealed class StateWrite<T>(IGrainState<T> state, Func<IGrainState<T>, Task> write) : PendingWrite
    {
        private GrainState<T> _made = null!;

        protected override Task Write()
        {
            _made = new GrainState<T>(state.State!) { ETag = state.ETag, RecordExists = state.RecordExists };
            return write(_made);
        }

        protected override void Publish()
        {
            state.State = _made.State!;
            state.ETag = _made.ETag;
            state.RecordExists = _made.RecordExists;
        }
    }
}

/// <summary>Begins transactions of a database with one writer.</summary>
internal interface IWriteTransactions
{
    /// <summary>Begins one; it is rolled back when it is disposed of, unless it was committed.</summary>
    /// <param name="writes">Number of its writes.</param>
    IWriteTransaction Begin(int writes);
}

/// <summary>A transaction.</summary>
internal interface IWriteTransaction : IDisposable
{
    /// <summary>Returns when the disk has the writes.</summary>
    void Commit();
}
