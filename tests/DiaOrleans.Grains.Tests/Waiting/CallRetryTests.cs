using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Waiting;

public sealed class CallRetryTests
{
    private readonly FakeTimeProvider _time = new();
    private int _calls;

    [Fact]
    public async Task A_call_that_fails_at_once_is_made_three_times()
    {
        (await Run(1, new OrleansException(), TimeSpan.Zero)).ShouldBe(2);
        (await Run(2, new TimeoutException(), TimeSpan.FromSeconds(1))).ShouldBe(3);
        await Should.ThrowAsync<OrleansException>(() => Run(3, new OrleansException(), TimeSpan.Zero));
        _calls.ShouldBe(3);
    }

    [Fact]
    public async Task A_call_is_not_made_again_after_a_long_time_out_or_an_error_of_its_own()
    {
        await Should.ThrowAsync<TimeoutException>(() => Run(1, new TimeoutException(), TimeSpan.FromSeconds(5)));
        _calls.ShouldBe(1);
        await Should.ThrowAsync<InvalidDataException>(() => Run(1, new InvalidDataException(), TimeSpan.Zero));
        _calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_pause_ends()
    {
        using var stop = new CancellationTokenSource();
        var running = new CallRetry(TimeSpan.FromSeconds(1), _time).Execute(
            () => ++_calls > 0 ? Task.FromException<int>(new OrleansException()) : Task.FromResult(0),
            stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        _calls.ShouldBe(1);
    }

    /// <summary>Runs a call whose first attempts fail, each after a time.</summary>
    private async Task<int> Run(int failures, Exception fault, TimeSpan after)
    {
        _calls = 0;
        var running = new CallRetry(TimeSpan.FromMilliseconds(100), _time).Execute(() =>
        {
            _time.Advance(after);
            return ++_calls <= failures ? Task.FromException<int>(fault) : Task.FromResult(_calls);
        });
        for (var pause = 0; !running.IsCompleted && pause < failures; pause++) _time.Advance(TimeSpan.FromMilliseconds(100));
        return await running;
    }
}
