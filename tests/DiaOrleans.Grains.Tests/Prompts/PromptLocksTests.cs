using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class PromptLocksTests
{
    private readonly PromptLocks _locks = new();

    [Fact]
    public async Task A_prompt_has_one_holder_at_a_time_and_other_prompts_are_free()
    {
        var first = await _locks.Acquire("a", default);
        var waiting = _locks.Acquire("a", default);
        await (await _locks.Acquire("b", default)).DisposeAsync();
        waiting.IsCompleted.ShouldBeFalse();
        await first.DisposeAsync();
        await first.DisposeAsync();
        var second = await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        var third = _locks.Acquire("a", default);
        third.IsCompleted.ShouldBeFalse();
        await second.DisposeAsync();
        await (await third.WaitAsync(TimeSpan.FromSeconds(10))).DisposeAsync();
    }

    [Fact]
    public async Task A_cancelled_waiter_does_not_get_the_lock()
    {
        var holder = await _locks.Acquire("a", default);
        using var stop = new CancellationTokenSource();
        var waiting = _locks.Acquire("a", stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        await holder.DisposeAsync();
        await (await _locks.Acquire("a", default).WaitAsync(TimeSpan.FromSeconds(10))).DisposeAsync();
    }
}
