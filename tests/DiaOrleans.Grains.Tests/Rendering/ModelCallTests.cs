using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Rendering;

public sealed class ModelCallTests
{
    [Fact]
    public async Task A_call_whose_worker_is_lost_goes_on_at_others_behind_what_was_received()
    {
        var work = Work();
        var first = Worker(new WorkStarted(0), Codes(1, 0, 1, 2, 3, 4), Samples(2, 3), Codes(3, 2, 5, 6), Lost(4));
        var second = Worker(new WorkStarted(0), Samples(1, 4), Codes(2, 3, 7, 8), Lost(3));
        var third = Worker(new WorkStarted(0), Samples(1, 5), new WorkCompleted(2, 4, EndedByItself: true));
        var call = Call(work, first, second, third);
        await call.Submit();
        (await Read(call)).Select(block => block.Length).ShouldBe([3, 4, 5]);
        (call.Frames, call.EndedByItself).ShouldBe((4, true));
        call.Codes!.Cells.ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);

        first.Submitted.ShouldHaveSingleItem().ShouldBe(work);
        var rest = second.Submitted.ShouldHaveSingleItem();
        rest.ShouldBe(work with { Id = rest.Id, Made = rest.Made, SamplesReceived = 3 });
        (rest.Id == work.Id, rest.Made!.Channels).ShouldBe((false, 2));
        rest.Made.Cells.ShouldBe([1, 2, 3, 4, 5, 6]);
        var last = third.Submitted.ShouldHaveSingleItem();
        (last.SamplesReceived, last.Made!.Frames).ShouldBe((7, 4));
    }

    [Fact]
    public async Task A_call_fails_if_two_workers_in_turn_are_lost_without_a_new_frame()
    {
        var first = Worker(new WorkStarted(0), Codes(1, 0, 1, 2), Lost(2));
        var second = Worker(new WorkStarted(0), Lost(1));
        var third = Worker(new WorkStarted(0), new WorkCompleted(1, 1, EndedByItself: true));
        var call = Call(Work(), first, second, third);
        await call.Submit();
        (await Should.ThrowAsync<RenderException>(Read(call))).ShouldSatisfyAllConditions(
            e => e.Message.ShouldBe("Lost."), e => e.Passing.ShouldBeTrue());
        (second.Submitted.Count, third.Submitted.Count).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_failure_of_the_work_itself_moves_nothing()
    {
        var other = Worker();
        var call = Call(Work(), Worker(new WorkStarted(0), new WorkFailed(1, "Not finite.", CanRunElsewhere: false)), other);
        await call.Submit();
        (await Should.ThrowAsync<RenderException>(Read(call))).Passing.ShouldBeFalse();
        other.Submitted.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_call_leaves_a_worker_that_is_silent_without_waiting_for_it()
    {
        var time = new FakeTimeProvider();
        var silent = new BreakingWorker([new WorkStarted(0), Codes(1, 0, 1, 2), Samples(2, 3), Lost(3)], [], () => new TimeoutException())
        {
            SilentAt = 3,
        };
        var other = Worker(new WorkStarted(0), Samples(1, 4), Codes(2, 1, 3, 4), new WorkCompleted(3, 2, EndedByItself: true));
        var left = new List<(string Key, bool IsSilent)>();
        var worker = new RequestWorker(Status, silent, (status, isSilent, offer, _) =>
        {
            left.Add((status.Key, isSilent));
            return offer(Status with { Key = "other/0" }, other);
        });
        var call = new ModelCall(Work(), worker, time, NullLogger.Instance);
        await call.Submit();
        var reading = Read(call);
        await GrainCluster.Until(() => Task.FromResult(call.Frames == 1));
        for (var waited = TimeSpan.Zero; waited < TimeSpan.FromSeconds(0.7); waited += Moment) await Pass(time);
        reading.IsCompleted.ShouldBeFalse();
        left.ShouldBeEmpty();
        await GrainCluster.Until(async () =>
        {
            await Pass(time);
            return reading.IsCompleted;
        });
        (await reading).Select(block => block.Length).ShouldBe([3, 4]);
        call.Codes!.Cells.ShouldBe([1, 2, 3, 4]);
        left.ShouldBe([("breaking/0", true)]);
        other.Submitted.Single().SamplesReceived.ShouldBe(3);
    }

    [Fact]
    public async Task A_call_waits_for_a_silent_worker_if_no_other_one_takes_the_rest()
    {
        var time = new FakeTimeProvider();
        WorkEvent[] events = [new WorkStarted(0), Samples(1, 3), new WorkCompleted(2, 0, EndedByItself: true)];
        var silent = new BreakingWorker(events, [], () => new TimeoutException()) { SilentAt = 1 };
        var asked = 0;
        var worker = new RequestWorker(Status, silent, (_, _, _, _) =>
        {
            asked++;
            return Task.FromResult(new WorkAdmission(WorkOutcome.Unavailable));
        });
        var call = new ModelCall(Work(), worker, time, NullLogger.Instance);
        await call.Submit();
        var reading = Read(call);
        await GrainCluster.Until(async () =>
        {
            await Pass(time);
            return asked == 5;
        });
        silent.Silence.SetResult();
        (await reading.WaitAsync(TimeSpan.FromSeconds(20))).Single().Length.ShouldBe(3);
        silent.Starts.ShouldBe([0]);
    }

    [Fact]
    public void A_worker_whose_steps_take_longer_is_given_more_time()
    {
        var worker = new RequestWorker(Status with { StepSeconds = 0.05 }, Worker(), (_, _, _, _) => throw new NotSupportedException());
        worker.Patience.ShouldBe(TimeSpan.FromSeconds(0.75));
        worker.Heard(new WorkHeartbeat(3, StepSeconds: 0.5));
        worker.Patience.ShouldBe(TimeSpan.FromSeconds(4));
    }

    private static TimeSpan Moment => TimeSpan.FromMilliseconds(100);

    private static async Task Pass(FakeTimeProvider time)
    {
        time.Advance(Moment);
        await Task.Delay(2);
    }

    private static BreakingWorker Worker(params WorkEvent[] events) => new(events, [], () => new TimeoutException());

    /// <summary>A call at the first worker, which the others take in their order.</summary>
    private static ModelCall Call(SpeechWork work, BreakingWorker first, params BreakingWorker[] others)
    {
        var next = 0;
        var worker = new RequestWorker(Status, first, (_, _, offer, _) => offer(Status, others[next++]));
        return new ModelCall(work, worker, TimeProvider.System, NullLogger.Instance);
    }

    private static WorkerStatus Status => new() { Key = "breaking/0", State = WorkerState.Ready };

    private static async Task<List<float[]>> Read(ModelCall call) =>
        await call.Read(TestContext.Current.CancellationToken).ToListAsync();

    private static WorkCodes Codes(long number, int first, params short[] cells) => new(number, first, new AudioCodes(cells, 2));

    private static WorkSamples Samples(long number, int count) => new(number, new float[count]);

    private static WorkFailed Lost(long number) => new(number, "Lost.", CanRunElsewhere: true);

    private static SpeechWork Work() => new()
    {
        Id = Guid.NewGuid(), TextIds = [1, 2], MaxFrames = 9, Seed = 3, Guidance = 3, Temperature = 1, TopP = 0.9,
    };
}
