using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Tests.Waiting;

public sealed class SharedWorkTests
{
    private readonly SharedWork<string, int> _shared = new();
    private readonly TaskCompletionSource<int> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<CancellationToken> _runs = [];

    [Fact]
    public async Task Callers_at_the_same_time_share_one_run_and_a_later_one_starts_another()
    {
        var first = Run();
        var second = Run();
        (await _shared.Run("other", _ => Task.FromResult(7), CancellationToken.None)).ShouldBe(7);
        _end.SetResult(5);
        (await first, await second).ShouldBe((5, 5));
        _runs.Count.ShouldBe(1);
        (await Run()).ShouldBe(5);
        _runs.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_run_is_cancelled_when_the_last_caller_has_left_and_a_new_caller_does_not_join_it()
    {
        using var one = new CancellationTokenSource();
        using var two = new CancellationTokenSource();
        var first = Run(one.Token);
        var second = Run(two.Token);
        await one.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        var run = _runs.ShouldHaveSingleItem();
        run.IsCancellationRequested.ShouldBeFalse();
        await two.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);
        run.IsCancellationRequested.ShouldBeTrue();
        var third = Run();
        _end.SetResult(5);
        (await third).ShouldBe(5);
        _runs.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_failure_reaches_all_callers()
    {
        var callers = new[] { Run(), Run() };
        _end.SetException(new InvalidOperationException("x"));
        foreach (var caller in callers) (await Should.ThrowAsync<InvalidOperationException>(caller)).Message.ShouldBe("x");
    }

    /// <summary>Starts a caller; a run that begins has begun when this returns.</summary>
    private Task<int> Run(CancellationToken cancellation = default)
    {
        var begun = new TaskCompletionSource();
        var caller = _shared.Run("key", Begin, cancellation);
        if (_runs.Count == 0) begun.Task.Wait(TimeSpan.FromSeconds(20), CancellationToken.None).ShouldBeTrue();
        return caller;

        Task<int> Begin(CancellationToken stop)
        {
            _runs.Add(stop);
            begun.SetResult();
            return _end.Task;
        }
    }
}
