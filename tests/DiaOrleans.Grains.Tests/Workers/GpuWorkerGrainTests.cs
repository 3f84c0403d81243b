using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class GpuWorkerGrainTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Lives_on_the_silo_that_its_key_names_and_nowhere_else()
    {
        await using var cluster = await GrainCluster.Start(silos: 2, realTime: true);
        foreach (var silo in cluster.Silos)
        {
            var key = silo.ServiceProvider.GetRequiredService<LocalWorkers>().All.Single().Key.ToString();
            var worker = cluster.Grains.GetGrain<IGpuWorkerGrain>(key);
            (await worker.GetStatus()).Key.ShouldBe(key);
            (await worker.Submit(Work())).Outcome.ShouldBe(WorkOutcome.Accepted);
        }

        cluster.Engines.Select(engine => engine.Admitted).ShouldBe([1, 1]);
        (await cluster.Workers()).Select(worker => worker.Number).ShouldBe([1, 2], ignoreOrder: true);
        foreach (var key in (string[])["elsewhere/0", "nonsense", $"{cluster.Silos[0].Name}/7"])
            await Should.ThrowAsync<OrleansException>(cluster.Grains.GetGrain<IGpuWorkerGrain>(key).GetStatus());
    }

    [Fact]
    public async Task Is_refused_while_its_silo_is_down()
    {
        await using var cluster = await GrainCluster.Start(silos: 2, realTime: true);
        var silo = cluster.Silos[1];
        var worker = cluster.Grains.GetGrain<IGpuWorkerGrain>($"{silo.Name}/0");
        await worker.GetStatus();
        await cluster.Cluster.StopSiloAsync(silo);
        // The other silo may hear of the end a moment later.
        await GrainCluster.Until(async () => (await Should.ThrowAsync<Exception>(worker.GetStatus())).Message.Contains(silo.Name));
    }

    [Fact]
    public async Task Heartbeats_come_while_work_waits_or_goes_on_but_not_while_its_engine_hangs()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        await worker.Submit(work);
        await using var events = worker.Follow(work.Id, 0).GetAsyncEnumerator();
        (await Next()).ShouldBe(new WorkHeartbeat(0, 0));
        var run = cluster.Engine.Next();
        run.Start();
        (await Next()).ShouldBe(new WorkStarted(0));
        (await Next()).ShouldBe(new WorkHeartbeat(1, 0));
        cluster.Engine.IsLate = true;
        var next = Next();
        for (var i = 0; i < 20; i++) await Pass();
        next.IsCompleted.ShouldBeFalse();
        cluster.Engine.IsLate = false;
        (await next).ShouldBe(new WorkHeartbeat(1, 0));
        run.Complete(FakeEngine.Clip(100));
        await Until<WorkCompleted>();
        (await worker.Follow(work.Id, 0).ToListAsync()).ShouldAllBe(happened => !(happened is WorkHeartbeat));

        // A heartbeat may be on its way when an event comes.
        async Task Until<T>()
        {
            while (await Next() is not T)
            {
            }
        }

        async Task<WorkEvent> Next()
        {
            var moving = events.MoveNextAsync().AsTask();
            while (!moving.IsCompleted) await Pass();
            (await moving).ShouldBeTrue();
            return events.Current;
        }

        async Task Pass()
        {
            cluster.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(5);
        }
    }

    [Fact]
    public async Task A_worker_is_busy_until_its_last_work_is_released()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        (await worker.GetStatus()).Busy.ShouldBeFalse();
        var first = Work();
        var second = Work();
        await worker.Submit(first);
        cluster.Engine.Next().Complete(FakeEngine.Clip(100));
        await worker.Submit(second);
        await worker.Release(first.Id);
        (await worker.GetStatus()).Busy.ShouldBeTrue();
        cluster.Engine.Next().Complete(FakeEngine.Clip(100));
        (await worker.Follow(second.Id, 0).LastAsync()).ShouldBeOfType<WorkCompleted>();
        (await worker.GetStatus()).ShouldSatisfyAllConditions(status => status.Active.ShouldBe(0), status => status.Busy.ShouldBeTrue());
        await worker.Release(second.Id);
        (await worker.GetStatus()).Busy.ShouldBeFalse();
    }

    [Fact]
    public async Task Submit_of_the_same_id_again_answers_the_same_and_runs_it_once()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        (await worker.Submit(work)).ShouldBe(new WorkAdmission(WorkOutcome.Accepted));
        (await worker.Submit(work)).ShouldBe(new WorkAdmission(WorkOutcome.Accepted));
        cluster.Engine.Admitted.ShouldBe(1);
        var call = cluster.Engine.Next().Call;
        call.Text.ShouldBe("[S1] Hello. [S1]");
        call.ShouldBe(new SpeechCall { TextIds = call.TextIds, MaxFrames = 7, Seed = -5, Sampling = new(2.5f, 0.5f, 0.25f, 45) });
    }

    [Fact]
    public async Task Follow_streams_numbered_events_while_they_happen()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        await worker.Submit(work);
        var run = cluster.Engine.Next();
        await using var events = worker.Follow(work.Id, 0).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = events.MoveNextAsync().AsTask();
        next.IsCompleted.ShouldBeFalse();
        run.Start();
        (await next.WaitAsync(Limit)).ShouldBeTrue();
        events.Current.ShouldBe(new WorkStarted(0));

        run.Append(new CodeGrid([1, 2, 3, 4], 2));
        var codes = (await Next(events)).ShouldBeOfType<WorkCodes>();
        (codes.Number, codes.FirstFrame, codes.Codes.Frames, codes.Codes.Channels).ShouldBe((1, 0, 2, 2));
        codes.Codes.Cells.ShouldBe([1, 2, 3, 4]);

        run.Append([0.25f, -0.5f]);
        var samples = (await Next(events)).ShouldBeOfType<WorkSamples>();
        samples.Number.ShouldBe(2);
        samples.Samples.ShouldBe([0.25f, -0.5f]);

        run.Complete(endedByItself: false);
        (await Next(events)).ShouldBe(new WorkCompleted(3, 2, EndedByItself: false));
        (await events.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Follow_from_a_number_goes_on_there_again_and_again_until_the_release()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        await worker.Submit(work);
        var run = cluster.Engine.Next();
        var clip = FakeEngine.Clip(150_000);
        run.Start();
        run.Complete(clip);
        for (var from = 0; from < 6; from++)
        {
            var events = await worker.Follow(work.Id, from).ToListAsync();
            events.Select(happened => happened.Number).ShouldBe(Enumerable.Range(from, 6 - from).Select(number => (long)number));
            if (from > 2) continue;
            var samples = events.OfType<WorkSamples>().ToList();
            samples.ShouldAllBe(made => made.Samples.Length <= 64 * 1024);
            samples.SelectMany(made => made.Samples).ShouldBe(clip.Samples);
        }

        await worker.Release(work.Id);
        (await worker.Follow(work.Id, 3).ToListAsync()).ShouldHaveSingleItem().ShouldBeOfType<WorkFailed>().CanRunElsewhere.ShouldBeTrue();
    }

    [Fact]
    public async Task Follow_of_unknown_work_is_one_failure()
    {
        await using var cluster = await GrainCluster.Start();
        var events = await (await Worker(cluster)).Follow(Guid.NewGuid(), 4).ToListAsync();
        var failed = events.ShouldHaveSingleItem().ShouldBeOfType<WorkFailed>();
        (failed.Number, failed.CanRunElsewhere).ShouldBe((4, true));
        failed.Error.ShouldContain("restarted");
    }

    [Fact]
    public async Task Release_stops_the_work_and_ends_the_following_with_a_failure()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        await worker.Submit(work);
        var run = cluster.Engine.Next();
        run.Append([1, 2]);
        await using var events = worker.Follow(work.Id, 0).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        (await Next(events)).ShouldBeOfType<WorkSamples>();
        await worker.Release(work.Id);
        (await Next(events)).ShouldBeOfType<WorkFailed>().CanRunElsewhere.ShouldBeTrue();
        run.Stop.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task A_recording_is_admitted_once_and_its_codes_come_in_one_event()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = new EncodingWork(Guid.NewGuid(), [0.5f, -0.5f]);
        (await worker.Submit(work)).ShouldBe(new WorkAdmission(WorkOutcome.Accepted));
        (await worker.Submit(work)).ShouldBe(new WorkAdmission(WorkOutcome.Accepted));
        var run = cluster.Engine.NextEncoding();
        run.Samples.ShouldBe([0.5f, -0.5f]);
        run.Start();
        run.Complete(new CodeGrid([1, 2, 3, 4], 2));
        var events = await worker.Follow(work.Id, 0).ToListAsync();
        events.Count.ShouldBe(3);
        events[0].ShouldBe(new WorkStarted(0));
        events[1].ShouldBeOfType<WorkCodes>().Codes.Cells.ShouldBe([1, 2, 3, 4]);
        events[2].ShouldBe(new WorkCompleted(2, 2, EndedByItself: true));
        await worker.Release(work.Id);
        (await worker.Follow(work.Id, 0).ToListAsync()).ShouldHaveSingleItem().ShouldBeOfType<WorkFailed>();
    }

    [Theory]
    [InlineData(WorkPriority.Live, CallPriority.Live)]
    [InlineData(WorkPriority.Waiting, CallPriority.Waiting)]
    [InlineData(WorkPriority.Background, CallPriority.Background)]
    public async Task Submit_passes_the_priority_to_the_engine(WorkPriority asked, CallPriority expected)
    {
        await using var cluster = await GrainCluster.Start();
        await (await Worker(cluster)).Submit(Work() with { Priority = asked });
        cluster.Engine.Next().Call.Priority.ShouldBe(expected);
    }

    [Fact]
    public async Task Submit_of_the_rest_of_broken_work_passes_what_was_made_to_the_engine()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work() with { Made = new AudioCodes([1, 2, 3, 4, 5, 6], 2), SamplesReceived = 700 };
        await worker.Submit(work);
        var run = cluster.Engine.Next();
        run.Call.Made!.Cells.ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
        (run.Call.Made.Channels, run.Call.SamplesReceived).ShouldBe((2, 700));
        run.Append(new CodeGrid([7, 8], 2));
        run.Complete(endedByItself: true);
        var events = await worker.Follow(work.Id, 0).ToListAsync();
        events[0].ShouldBeOfType<WorkCodes>().FirstFrame.ShouldBe(3);
        events[1].ShouldBe(new WorkCompleted(1, 4, EndedByItself: true));
    }

    [Fact]
    public async Task A_failed_run_is_reported_without_its_cause()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        await worker.Submit(work);
        cluster.Engine.Next().Fail(new InvalidOperationException("out of memory"));
        (await worker.Follow(work.Id, 0).ToListAsync())
            .ShouldHaveSingleItem()
            .ShouldBe(new WorkFailed(0, "The model failed; the server's log says why.", CanRunElsewhere: false));
    }

    [Fact]
    public async Task Work_of_a_broken_engine_can_run_elsewhere()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        await worker.Submit(work);
        cluster.Engine.Next().Fail(new EngineBrokenException(new EngineFault("It hangs.", IsStalled: true)));
        var failed = (await worker.Follow(work.Id, 0).ToListAsync()).ShouldHaveSingleItem().ShouldBeOfType<WorkFailed>();
        failed.CanRunElsewhere.ShouldBeTrue();
        failed.Error.ShouldNotContain("It hangs.");
    }

    [Theory]
    [InlineData(EngineRefusal.Broken, WorkOutcome.Unavailable)]
    [InlineData(EngineRefusal.Busy, WorkOutcome.Busy)]
    [InlineData(EngineRefusal.Draining, WorkOutcome.Unavailable)]
    [InlineData(EngineRefusal.Unservable, WorkOutcome.Rejected)]
    public async Task A_refusal_comes_with_its_reason_and_may_be_tried_again(EngineRefusal refusal, WorkOutcome outcome)
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        cluster.Engine.Refusal = new EngineAdmission(null, refusal, "because", TimeSpan.FromSeconds(3));
        (await worker.Submit(work)).ShouldBe(new WorkAdmission(outcome, "because", TimeSpan.FromSeconds(3)));
        cluster.Engine.Refusal = null;
        (await worker.Submit(work)).Outcome.ShouldBe(WorkOutcome.Accepted);
    }

    private static async Task<WorkEvent> Next(IAsyncEnumerator<WorkEvent> events)
    {
        (await events.MoveNextAsync().AsTask().WaitAsync(Limit)).ShouldBeTrue();
        return events.Current;
    }

    private static async Task<IGpuWorkerGrain> Worker(GrainCluster cluster) =>
        cluster.Grains.GetGrain<IGpuWorkerGrain>((await cluster.Workers()).Single().Key);

    private static SpeechWork Work() => new()
    {
        Id = Guid.NewGuid(), TextIds = TextIds.Encode("[S1] Hello. [S1]"), MaxFrames = 7, Seed = -5,
        Guidance = 2.5, Temperature = 0.5, TopP = 0.25,
    };
}
