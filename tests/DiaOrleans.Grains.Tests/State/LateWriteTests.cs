using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.State;

public sealed class LateWriteTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _time = new();
    private readonly List<Exception> _failures = [];
    private readonly LateWrite _late;
    private Func<Task> _write = () => Task.CompletedTask;
    private int _writes;

    public LateWriteTests() => _late = new LateWrite(Delay, _time, Write, _failures.Add);

    [Fact]
    public async Task Changes_share_a_write_that_begins_a_while_after_the_first()
    {
        _late.Begin();
        _time.Advance(Delay / 2);
        _late.Begin();
        _time.Advance(Delay / 2 - TimeSpan.FromMilliseconds(1));
        _writes.ShouldBe(0);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await HasWritten(1);
        _time.Advance(Delay * 2);
        _writes.ShouldBe(1, "the second change was in the write of the first");
    }

    [Fact]
    public async Task A_change_during_a_write_is_in_another_one()
    {
        var gate = new TaskCompletionSource();
        _write = () => gate.Task;
        _late.Begin();
        _time.Advance(Delay);
        await HasWritten(1);
        _late.Begin();
        _time.Advance(Delay);
        await HasWritten(2);
        gate.SetResult();
    }

    [Fact]
    public async Task A_failure_is_reported_once_and_a_later_change_is_written()
    {
        var failure = new InvalidOperationException();
        _write = () => throw failure;
        _late.Begin();
        _time.Advance(Delay);
        await GrainCluster.Until(() => Task.FromResult(_failures.Count > 0));
        _failures.ShouldBe([failure]);
        _write = () => Task.CompletedTask;
        _late.Begin();
        _time.Advance(Delay);
        await HasWritten(2);
        _failures.Count.ShouldBe(1);
    }

    private Task HasWritten(int writes) => GrainCluster.Until(() => Task.FromResult(_writes == writes));

    private Task Write()
    {
        _writes++;
        return _write();
    }
}
