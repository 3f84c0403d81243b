using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class SharedPromptLocksTests : IAsyncLifetime
{
    private GrainCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await GrainCluster.Start(loaded: false);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Two_processes_hold_the_lock_of_a_prompt_one_after_the_other()
    {
        PromptLocks[] processes = [Process(), Process()];
        var holders = 0;
        var held = 0;
        var work = Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            await using var holder = await processes[i % 2].Acquire("a", default);
            Interlocked.Increment(ref holders).ShouldBe(1);
            await Task.Yield();
            Interlocked.Decrement(ref holders);
            Interlocked.Increment(ref held);
        })));
        await Advance(() => work.IsCompleted, TimeSpan.FromMilliseconds(100));
        await work;
        held.ShouldBe(20);
    }

    [Fact]
    public async Task A_lock_whose_release_was_lost_is_free_after_some_minutes()
    {
        await using var lost = await Process().Acquire("a", default);
        var waiting = Process().Acquire("a", default);
        await Advance(() => waiting.IsCompleted, TimeSpan.FromSeconds(20));
        await using var holder = await waiting;
        (await _cluster.Grains.GetGrain<IPromptLockGrain>("a").TryTake(Guid.NewGuid(), null)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_waiter_that_gives_up_does_not_get_the_lock()
    {
        var holder = await Process().Acquire("a", default);
        using var stop = new CancellationTokenSource();
        var waiting = Process().Acquire("a", stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        await holder.DisposeAsync();
        (await _cluster.Grains.GetGrain<IPromptLockGrain>("a").TryTake(Guid.NewGuid(), null)).ShouldBeTrue();
    }

    private PromptLocks Process() => new(new SharedPromptLocks(_cluster.Grains, _cluster.Time));

    private Task Advance(Func<bool> isOver, TimeSpan step) => GrainCluster.Until(() =>
    {
        _cluster.Time.Advance(step);
        return Task.FromResult(isOver());
    });
}
