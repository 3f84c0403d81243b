using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

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

    private static BreakingWorker Worker(params WorkEvent[] events) => new(events, [], () => new TimeoutException());

    /// <summary>A call at the first worker, which the others take in their order.</summary>
    private static ModelCall Call(SpeechWork work, BreakingWorker first, params BreakingWorker[] others)
    {
        var next = 0;
        var worker = new RequestWorker(Status, first, (_, offer, _) => offer(Status, others[next++]));
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
