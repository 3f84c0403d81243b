using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class EngineRunTests
{
    private readonly SpeechRun _run = new(new SpeechCall { TextIds = [97], MaxFrames = 1, Seed = 0 });

    [Fact]
    public async Task ReadEvents_of_a_completed_run_gives_all_events_in_order_again_and_again()
    {
        _run.Start();
        _run.Append(new CodeGrid([1, 2, 3, 4, 5, 6], 2));
        _run.Append([0.5f, -0.5f]);
        _run.Append(new CodeGrid([7, 8], 2));
        _run.Complete(endedByItself: false);
        for (var reading = 0; reading < 2; reading++)
        {
            var events = await _run.ReadEvents().ToListAsync(TestContext.Current.CancellationToken);
            events[0].ShouldBe(new EngineEvent.Started());
            events[1].ShouldBeOfType<EngineEvent.CodesMade>().FirstFrame.ShouldBe(0);
            events[2].ShouldBeOfType<EngineEvent.SamplesMade>().Samples.ShouldBe([0.5f, -0.5f]);
            events[3].ShouldBeOfType<EngineEvent.CodesMade>().FirstFrame.ShouldBe(3);
            events[4].ShouldBe(new EngineEvent.Completed(4, EndedByItself: false));
            events.Count.ShouldBe(5);
        }

        _run.Ended.IsCompletedSuccessfully.ShouldBeTrue();
        _run.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Append_of_many_samples_reports_them_in_events_of_at_most_64_k()
    {
        float[] samples = [.. Enumerable.Range(0, 150_000).Select(i => (float)i)];
        _run.Append(samples);
        _run.Append([]);
        _run.Complete(endedByItself: true);
        var events = await _run.ReadEvents().OfType<EngineEvent.SamplesMade>().ToListAsync(TestContext.Current.CancellationToken);
        events.Select(made => made.Samples.Length).ShouldBe([65536, 65536, 150_000 - 2 * 65536]);
        events.SelectMany(made => made.Samples).ShouldBe(samples);
    }

    [Fact]
    public async Task Fail_ends_the_events_and_later_ones_are_dropped()
    {
        var cause = new InvalidDataException("broken");
        _run.Append([1]);
        _run.Fail(cause);
        _run.Append([2]);
        _run.Append(new CodeGrid(1, 9));
        _run.Complete(endedByItself: true);
        var events = await _run.ReadEvents().ToListAsync(TestContext.Current.CancellationToken);
        events.Count.ShouldBe(2);
        events[1].ShouldBe(new EngineEvent.Failed(cause));
        (_run.Frames, _run.Failure).ShouldBe((0, cause));
        await _run.Ended;
    }

    [Fact]
    public async Task ReadEvents_that_is_cancelled_does_not_stop_the_run()
    {
        using var stop = new CancellationTokenSource();
        var reading = _run.ReadEvents(0, stop.Token).ToListAsync(CancellationToken.None).AsTask();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);
        _run.Stop.IsCancellationRequested.ShouldBeFalse();
    }
}
