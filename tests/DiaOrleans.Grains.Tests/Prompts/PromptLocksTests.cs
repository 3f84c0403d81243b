using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class PromptLocksTests
{
    private readonly PromptLocks _locks = new();

    [Fact]
    public async Task One_prompt_is_held_by_one_and_others_are_free()
    {
        var hold = await _locks.Take("a", default);
        var waiting = _locks.Take("a", default);
        (await _locks.Take("b", default)).Dispose();
        waiting.IsCompleted.ShouldBeFalse();
        hold.Dispose();
        hold.Dispose();
        var second = await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        var third = _locks.Take("a", default);
        third.IsCompleted.ShouldBeFalse();
        second.Dispose();
        (await third.WaitAsync(TimeSpan.FromSeconds(10))).Dispose();
    }

    [Fact]
    public async Task One_who_gives_up_waiting_holds_nothing()
    {
        var hold = await _locks.Take("a", default);
        using var stop = new CancellationTokenSource();
        var waiting = _locks.Take("a", stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        hold.Dispose();
        (await _locks.Take("a", default).WaitAsync(TimeSpan.FromSeconds(10))).Dispose();
    }
}
