using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Tests.Waiting;

public sealed class SingleFlightTests
{
    private readonly SingleFlight<string, int> _flights = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _runs;

    [Fact]
    public async Task Calls_at_the_same_time_share_one_run()
    {
        var all = Enumerable.Range(0, 20).Select(_ => _flights.Run("a", Work, default)).ToArray();
        var other = _flights.Run("b", Work, default);
        _gate.SetResult();
        (await Task.WhenAll(all)).Distinct().ShouldHaveSingleItem();
        await other;
        _runs.ShouldBe(2);
    }

    [Fact]
    public async Task A_call_after_the_end_runs_again()
    {
        _gate.SetResult();
        var first = await _flights.Run("a", Work, default);
        (await _flights.Run("a", Work, default)).ShouldBe(first + 1);
    }

    [Fact]
    public async Task A_failure_reaches_all_callers_and_is_not_kept()
    {
        var first = _flights.Run("a", Fail, default);
        var second = _flights.Run("a", Fail, default);
        _gate.SetResult();
        await Should.ThrowAsync<IOException>(first);
        await Should.ThrowAsync<IOException>(second);
        (await _flights.Run("a", Work, default)).ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_caller_does_not_stop_the_work_of_the_others()
    {
        using var leave = new CancellationTokenSource();
        var leaving = _flights.Run("a", Work, leave.Token);
        var staying = _flights.Run("a", Work, default);
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(leaving);
        _gate.SetResult();
        (await staying).ShouldBe(1);
    }

    private async Task<int> Work()
    {
        await _gate.Task;
        return Interlocked.Increment(ref _runs);
    }

    private async Task<int> Fail()
    {
        await _gate.Task;
        throw new IOException("No.");
    }
}
