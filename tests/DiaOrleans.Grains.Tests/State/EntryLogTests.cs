using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Jobs.Keys;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Tests.Fakes;
using FsCheck.Xunit;
using Orleans.Runtime;
using Orleans.Storage;
using Log = DiaOrleans.Grains.State.EntryLog<
    DiaOrleans.Grains.Jobs.Keys.JobKeysHead,
    DiaOrleans.Grains.Jobs.Keys.JobKeysPage,
    DiaOrleans.Abstractions.Jobs.KeyedJob>;

namespace DiaOrleans.Grains.Tests.State;

public sealed class EntryLogTests
{
    private SharedStorage _storage = new();
    private int _next;

    /// <summary>Each byte appends or trims, with a fault before or after a write, or opens the list again.</summary>
    [Property(MaxTest = 150)]
    public async Task What_was_stored_is_there_again_whatever_write_failed(byte[] commands)
    {
        _storage = new SharedStorage();
        var log = await Open();
        var model = new List<KeyedJob>();
        foreach (var command in commands)
        {
            // A byte stands for several entries, so that pages fill up.
            var count = command / 8;
            var isAppend = command % 2 == 0;
            var fault = command / 2 % 4;
            if (fault is 1 or 2) FailAfter(command % 7, afterWrite: fault == 2);
            var trimmed = 0;
            KeyedJob[] added = [];
            try
            {
                if (isAppend)
                {
                    added = [.. Enumerable.Range(0, count).Select(_ => Entry())];
                    foreach (var entry in added)
                    {
                        await log.Append(entry);
                        model.Add(entry);
                        added = added[1..];
                    }
                }
                else
                {
                    trimmed = Math.Min(log.Count, count * 3);
                    await log.Trim(trimmed);
                    model.RemoveRange(0, trimmed);
                }
            }
            catch (OrleansException)
            {
                _storage.Fault = null;
                log = await Open();
                // The write that failed may have been made.
                if (isAppend && log.Count == model.Count + 1) model.Add(added[0]);
                if (!isAppend) model.RemoveRange(0, model.Count - log.Count);
                log.Count.ShouldBe(model.Count);
            }

            _storage.Fault = null;
            if (fault == 3) log = await Open();
            Entries(log).ShouldBe(model);
        }

        _storage.Rows("job-keys-page").ShouldBeLessThanOrEqualTo(model.Count / Log.PageSize + 2, "trimmed pages are removed");
    }

    [Fact]
    public async Task An_append_writes_as_much_at_10000_entries_as_at_100()
    {
        var log = await Open();
        await Append(log, 100);
        var before = _storage.Writes;
        await Append(log, 640);
        var first = _storage.Writes - before;
        await Append(log, 9000);
        before = _storage.Writes;
        await Append(log, 640);
        (_storage.Writes - before).ShouldBe(first);
        first.ShouldBe(650);
    }

    [Fact]
    public async Task An_instance_that_was_replaced_can_store_nothing()
    {
        var old = await Open();
        await Append(old, Log.PageSize);
        var newer = await Open();
        await Append(newer, 1);
        var expected = Entries(newer);
        await Should.ThrowAsync<InconsistentStateException>(Append(old, 1));
        Entries(await Open()).ShouldBe(expected);
        await Should.ThrowAsync<InconsistentStateException>(newer.Trim(1));
    }

    private async Task<Log> Open()
    {
        var log = new Log(_storage, "job-keys", "0");
        await log.Open(new RowsGuard(null!, "The list"));
        return log;
    }

    private async Task Append(Log log, int count)
    {
        for (var i = 0; i < count; i++) await log.Append(Entry());
    }

    private KeyedJob Entry() => new($"{_next++}", null, Guid.NewGuid(), DateTimeOffset.UnixEpoch);

    private static KeyedJob[] Entries(Log log) => [.. Enumerable.Range(0, log.Count).Select(i => log[i])];

    private void FailAfter(int writes, bool afterWrite) => _storage.Fault = (_, isAfter) =>
        isAfter == afterWrite && writes-- == 0 ? new IOException("The store does not answer.") : null;
}
