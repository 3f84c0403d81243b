using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkFollowingTests
{
    private static readonly WorkEvent[] Events =
        [new WorkStarted(0), new WorkSamples(1, [0.5f]), new WorkSamples(2, [1]), new WorkCompleted(3, 9, true)];

    [Fact]
    public async Task FollowToEnd_takes_a_dropped_stream_up_behind_the_last_event()
    {
        var worker = new BreakingWorker(Events, [1, 0, 0, 0, 2], () => new EnumerationAbortedException());
        (await Follow(worker)).ShouldBe(Events);
        worker.Starts.ShouldBe([0, 1, 1, 1, 1, 3]);
    }

    [Fact]
    public async Task FollowToEnd_survives_single_faults()
    {
        var worker = new BreakingWorker(Events, [0, 1, 1], () => new OrleansException());
        (await Follow(worker)).ShouldBe(Events);
        worker.Starts.ShouldBe([0, 0, 1, 2]);
    }

    [Fact]
    public async Task FollowToEnd_survives_timeouts_while_the_worker_answers()
    {
        var worker = new BreakingWorker(Events, [0, 0, 0, 1], () => new TimeoutException());
        (await Follow(worker)).ShouldBe(Events);
        worker = new BreakingWorker(Events, [0, 0], () => new TimeoutException()) { Answers = false };
        (await Follow(worker)).ShouldHaveSingleItem().ShouldBeOfType<WorkFailed>();
        worker.Starts.ShouldBe([0]);
    }

    [Theory]
    [InlineData(typeof(OrleansException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task FollowToEnd_gives_up_at_the_second_fault_without_an_event(Type fault)
    {
        var worker = new BreakingWorker(Events, [2, 0, 0], () => (Exception)Activator.CreateInstance(fault)!);
        var events = await Follow(worker);
        events[..2].ShouldBe(Events[..2]);
        var failed = events[2].ShouldBeOfType<WorkFailed>();
        (failed.Number, failed.CanRunElsewhere).ShouldBe((2, true));
        failed.Error.ShouldContain("does not answer");
        worker.Starts.ShouldBe([0, 2]);
    }

    [Fact]
    public async Task FollowToEnd_throws_errors_that_are_no_faults_of_calls()
    {
        var worker = new BreakingWorker(Events, [1], () => new InvalidDataException("broken"));
        await Should.ThrowAsync<InvalidDataException>(() => Follow(worker));
    }

    [Fact]
    public async Task FollowToEnd_that_is_stopped_throws_the_cancellation()
    {
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            var worker = new BreakingWorker(Events, [1], () => new OperationCanceledException());
            await foreach (var happened in worker.FollowToEnd(Guid.NewGuid(), stop.Token)) await stop.CancelAsync();
        });
    }

    [Fact]
    public async Task FollowToEnd_of_work_on_a_silo_that_stops_ends_with_a_failure()
    {
        await using var cluster = await GrainCluster.Start(silos: 2, realTime: true);
        var silo = cluster.Silos[1];
        var worker = cluster.Silos[0].ServiceProvider.GetRequiredService<WorkerCalls>()[$"{silo.Name}/0"];
        var work = new SpeechWork
        {
            Id = Guid.NewGuid(), TextIds = [1, 97, 1], MaxFrames = 7, Seed = 1, Guidance = 3, Temperature = 1, TopP = 1,
        };
        (await worker.Submit(work)).Outcome.ShouldBe(WorkOutcome.Accepted);
        cluster.Engines.Single(engine => engine.Admitted == 1).Next().Start();
        var stop = TestContext.Current.CancellationToken;
        await using var events = worker.FollowToEnd(work.Id, stop).GetAsyncEnumerator(stop);
        (await events.MoveNextAsync()).ShouldBeTrue();
        events.Current.ShouldBe(new WorkStarted(0));
        await cluster.Cluster.KillSiloAsync(silo);
        (await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue();
        events.Current.ShouldBeOfType<WorkFailed>().CanRunElsewhere.ShouldBeTrue();
        (await events.MoveNextAsync()).ShouldBeFalse();
    }

    private static async Task<WorkEvent[]> Follow(IWorker worker) =>
        [.. await worker.FollowToEnd(Guid.NewGuid(), TestContext.Current.CancellationToken).ToListAsync()];
}
