using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Waiting;

public sealed class TimeLimitsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_wait_ends_with_the_task_with_its_failure_at_the_limit_or_with_a_cancellation()
    {
        await Task.CompletedTask.WaitUpTo(Limit, _time);
        await Task.FromException(new IOException("full")).WaitUpTo(Limit, _time);
        await new TaskCompletionSource().Task.WaitUpTo(Limit, _time, new CancellationToken(canceled: true));
        var waiting = new TaskCompletionSource().Task.WaitUpTo(Limit, _time);
        waiting.IsCompleted.ShouldBeFalse();
        _time.Advance(Limit);
        await waiting.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Work_within_the_limit_gives_its_result() => (await Run(_ => Task.FromResult(7))).ShouldBe(7);

    [Fact]
    public async Task Work_that_the_limit_cancels_throws_the_exception_of_the_caller()
    {
        var running = Run(WaitForEver);
        _time.Advance(Limit);
        await Should.ThrowAsync<IOException>(running.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Work_that_its_caller_cancels_throws_the_cancellation()
    {
        using var stop = new CancellationTokenSource();
        var running = Run(WaitForEver, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private static async Task<int> WaitForEver(CancellationToken stop)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        return 0;
    }

    private Task<int> Run(Func<CancellationToken, Task<int>> work, CancellationToken stop = default) =>
        TimeLimits.Run(Limit, _time, work, () => new IOException("too slow"), stop);
}
