using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Grains.Tests.Rendering;

public sealed class ModelCallTests
{
    [Fact]
    public async Task The_rest_of_a_broken_call_goes_on_behind_what_was_received()
    {
        var work = Work();
        var broken = Call(work, new WorkStarted(0), Codes(1, 0, 1, 2, 3, 4), Samples(2, 3), Codes(3, 2, 5, 6), Failure(4));
        await Should.ThrowAsync<RenderException>(Read(broken));
        var rest = broken.Rest;
        rest.ShouldBe(work with { Id = rest.Id, Made = rest.Made, SamplesReceived = 3 });
        (rest.Id == work.Id, rest.Made!.Channels, broken.Frames).ShouldBe((false, 2, 3));
        rest.Made.Cells.ShouldBe([1, 2, 3, 4, 5, 6]);

        var again = Call(rest, new WorkStarted(0), Samples(1, 4), Codes(2, 3, 7, 8), Failure(3));
        again.Frames.ShouldBe(3);
        await Should.ThrowAsync<RenderException>(Read(again));
        (again.Frames, again.Rest.SamplesReceived).ShouldBe((4, 7));
        again.Rest.Made!.Cells.ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
    }

    private static ModelCall Call(SpeechWork work, params WorkEvent[] events) =>
        new(work, new BreakingWorker(events, [], () => new TimeoutException()), TimeProvider.System, NullLogger.Instance);

    private static async Task Read(ModelCall call) => await call.Read(TestContext.Current.CancellationToken).ToListAsync();

    private static WorkCodes Codes(long number, int first, params short[] cells) => new(number, first, new AudioCodes(cells, 2));

    private static WorkSamples Samples(long number, int count) => new(number, new float[count]);

    private static WorkFailed Failure(long number) => new(number, "Lost.", CanRunElsewhere: true);

    private static SpeechWork Work() => new()
    {
        Id = Guid.NewGuid(), TextIds = [1, 2], MaxFrames = 9, Seed = 3, Guidance = 3, Temperature = 1, TopP = 0.9,
    };
}
