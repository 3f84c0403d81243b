using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class EngineHostTests
{
    [Fact]
    public async Task Reports_loading_from_the_first_moment_and_ready_with_the_models_facts_once_it_is_loaded()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        (await cluster.Workers()).Single().ShouldSatisfyAllConditions(
            w => w.State.ShouldBe(WorkerState.Loading), w => w.Model.ShouldBeNull());
        await cluster.FinishLoading();
        (await cluster.Workers()).Single().Model.ShouldBe(new ModelFacts
        {
            Name = "fake", Precision = "fp32", FrameRate = 50, SampleRate = 16000, MaxTextIds = 100, MaxTextBytes = 60, MaxNewFrames = 400,
            Guidance = 3, Temperature = 1.2, TopP = 0.95, CodecFingerprint = "fake",
        });
    }

    [Fact]
    public async Task Each_device_has_an_engine_and_a_worker_of_its_own()
    {
        await using var cluster = await GrainCluster.Start(devices: ["cpu", "other"], loaded: false);
        cluster.Engine.FinishLoading();
        await GrainCluster.Until(async () => (await cluster.Workers()).Count(worker => worker.State == WorkerState.Ready) == 2);
        var silo = cluster.Silos[0].Name;
        var workers = await cluster.Workers();
        workers.Select(worker => worker.Key).ShouldBe([$"{silo}/0", $"{silo}/1"]);
        workers.Select(worker => worker.Device).ShouldBe(["cpu", "other"]);
        workers.Select(worker => worker.Name).ShouldBe(["worker_1", "worker_2"], ignoreOrder: true);
        cluster.Engine.Loads.ShouldBe(2);
        foreach (var worker in workers)
        {
            var grain = cluster.Grains.GetGrain<IGpuWorkerGrain>(worker.Key);
            (await grain.Submit(Work())).Outcome.ShouldBe(WorkOutcome.Accepted);
            (await grain.GetStatus()).ShouldSatisfyAllConditions(
                status => status.Key.ShouldBe(worker.Key), status => status.Busy.ShouldBeTrue());
        }
    }

    [Fact]
    public async Task Reports_a_model_that_does_not_load_as_failed()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        cluster.Engine.FailLoading(new InvalidDataException("no tensor named x"));
        await GrainCluster.Until(async () => (await cluster.Workers()).Single().State == WorkerState.Failed);
    }

    [Theory]
    [InlineData(false, 10, WorkerState.Ready)]
    [InlineData(false, 1, WorkerState.Failed)]
    [InlineData(true, 10, WorkerState.Failed)]
    public async Task A_broken_engine_is_loaded_again_unless_it_hangs_or_broke_soon(bool stalled, int minutes, WorkerState expected)
    {
        await using var cluster = await GrainCluster.Start();
        cluster.Time.Advance(TimeSpan.FromMinutes(minutes));
        cluster.Engine.Fault = new EngineFault("It broke.", stalled);
        await GrainCluster.Until(async () =>
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
            return cluster.Engine.Disposed || (cluster.Engine.Loads == 2 && (await cluster.Workers()).Single().State == expected);
        });
        var loads = expected == WorkerState.Ready ? 2 : 1;
        // The directory may still have the state from before the fault.
        await GrainCluster.Until(async () => cluster.Engine.Loads >= loads && (await cluster.Workers()).Single().State == expected);
        cluster.Engine.Loads.ShouldBe(loads);
        var key = (await cluster.Workers()).Single().Key;
        var outcome = (await cluster.Grains.GetGrain<IGpuWorkerGrain>(key).Submit(Work())).Outcome;
        outcome.ShouldBe(expected == WorkerState.Ready ? WorkOutcome.Accepted : WorkOutcome.Unavailable);
    }

    [Fact]
    public async Task Reports_each_second_so_that_the_directory_keeps_the_worker()
    {
        await using var cluster = await GrainCluster.Start();
        cluster.Engine.BacklogSeconds = 12;
        await GrainCluster.Until(async () =>
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
            return (await cluster.Workers()).SingleOrDefault()?.BacklogSeconds == 12;
        });
    }

    [Fact]
    public async Task Reports_the_load_soon_after_work_comes_and_when_it_ends()
    {
        await using var cluster = await GrainCluster.Start(realTime: true);
        var key = (await cluster.Workers()).Single().Key;
        await cluster.Grains.GetGrain<IGpuWorkerGrain>(key).Submit(Work());
        await GrainCluster.Until(async () => (await cluster.Workers()).Single().Active == 1);
        cluster.Engine.Next().Complete(FakeEngine.Clip(10));
        await GrainCluster.Until(async () => (await cluster.Workers()).Single().Active == 0);
    }

    [Fact]
    public async Task A_drain_refuses_new_work_and_waits_for_what_runs()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = cluster.Grains.GetGrain<IGpuWorkerGrain>((await cluster.Workers()).Single().Key);
        var running = Work();
        await worker.Submit(running);
        var drain = Host(cluster).StoppingAsync(CancellationToken.None);
        await GrainCluster.Until(async () => (await cluster.Workers()).Single().State == WorkerState.Draining);
        (await worker.Submit(Work())).Outcome.ShouldBe(WorkOutcome.Unavailable);
        drain.IsCompleted.ShouldBeFalse();
        cluster.Engine.Next().Complete(FakeEngine.Clip(10));
        (await worker.Follow(running.Id, 0).LastAsync()).ShouldBeOfType<WorkCompleted>();
        drain.IsCompleted.ShouldBeFalse();
        await worker.Release(running.Id);
        await drain.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_drain_takes_further_work_of_a_request_that_has_begun()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = cluster.Grains.GetGrain<IGpuWorkerGrain>((await cluster.Workers()).Single().Key);
        var first = Work();
        await worker.Submit(first);
        var drain = Host(cluster).StoppingAsync(CancellationToken.None);
        await GrainCluster.Until(async () => (await cluster.Workers()).Single().State == WorkerState.Draining);
        cluster.Engine.Next().Complete(FakeEngine.Clip(10));
        var second = Work() with { MustStay = true };
        (await worker.Submit(second)).Outcome.ShouldBe(WorkOutcome.Accepted);
        await worker.Release(first.Id);
        cluster.Engine.Next().Complete(FakeEngine.Clip(10));
        (await worker.Follow(second.Id, 0).LastAsync()).ShouldBeOfType<WorkCompleted>();
        drain.IsCompleted.ShouldBeFalse();
        await worker.Release(second.Id);
        await drain.WaitAsync(TimeSpan.FromSeconds(30));
        (await worker.Submit(Work() with { MustStay = true })).Outcome.ShouldBe(WorkOutcome.Unavailable);
    }

    [Fact]
    public async Task A_drain_does_not_wait_for_a_reader_that_is_lost()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = cluster.Grains.GetGrain<IGpuWorkerGrain>((await cluster.Workers()).Single().Key);
        await worker.Submit(Work());
        cluster.Engine.Next().Complete(FakeEngine.Clip(10));
        var drain = Host(cluster).StoppingAsync(CancellationToken.None);
        for (var second = 0; second < 4; second++)
        {
            await Task.Delay(50);
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await drain.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_drain_stops_what_runs_when_its_limit_is_over()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = cluster.Grains.GetGrain<IGpuWorkerGrain>((await cluster.Workers()).Single().Key);
        var running = Work();
        await worker.Submit(running);
        var drain = Host(cluster).StoppingAsync(CancellationToken.None);
        cluster.Time.Advance(TimeSpan.FromSeconds(39));
        drain.IsCompleted.ShouldBeFalse();
        await GrainCluster.Until(() =>
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(drain.IsCompleted);
        });
        (await worker.Follow(running.Id, 0).LastAsync()).ShouldBeOfType<WorkFailed>().CanRunElsewhere.ShouldBeTrue();
    }

    [Fact]
    public async Task A_silo_that_stops_while_its_model_loads_does_not_wait_for_it()
    {
        var cluster = await GrainCluster.Start(loaded: false);
        await cluster.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        cluster.Engine.Disposed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_stopped_silo_has_disposed_its_engine()
    {
        var cluster = await GrainCluster.Start();
        await cluster.DisposeAsync();
        cluster.Engine.Disposed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_model_without_work_leaves_memory_and_comes_back_when_it_is_offered_some()
    {
        await using var cluster = await GrainCluster.Start(idleLimit: TimeSpan.FromMinutes(5));
        var worker = cluster.Grains.GetGrain<IGpuWorkerGrain>((await cluster.Workers()).Single().Key);
        await TurnClockUntil(cluster, WorkerState.Asleep);
        cluster.Engine.Disposed.ShouldBeTrue();
        (await worker.Submit(Work())).Outcome.ShouldBe(WorkOutcome.Loading);
        await GrainCluster.Until(async () => (await cluster.Workers()).Single().State == WorkerState.Ready);
        cluster.Engine.Loads.ShouldBe(2);
        (await worker.Submit(Work())).Outcome.ShouldBe(WorkOutcome.Accepted);
    }

    [Fact]
    public async Task A_model_stays_while_it_works_and_while_its_work_waits_to_be_read()
    {
        await using var cluster = await GrainCluster.Start(idleLimit: TimeSpan.FromSeconds(10));
        var worker = cluster.Grains.GetGrain<IGpuWorkerGrain>((await cluster.Workers()).Single().Key);
        var work = Work();
        await worker.Submit(work);
        var run = cluster.Engine.Next();
        run.Start();
        await TurnClock(cluster, worker, work.Id);
        (await worker.GetStatus()).State.ShouldBe(WorkerState.Ready);
        run.Complete(FakeEngine.Clip(10));
        await TurnClock(cluster, worker, work.Id);
        (await worker.GetStatus()).State.ShouldBe(WorkerState.Ready);
        await worker.Release(work.Id);
        await TurnClockUntil(cluster, WorkerState.Asleep);
    }

    [Fact]
    public async Task A_silo_whose_model_has_left_memory_stops()
    {
        var cluster = await GrainCluster.Start(idleLimit: TimeSpan.FromSeconds(10));
        await TurnClockUntil(cluster, WorkerState.Asleep);
        await cluster.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static Task TurnClockUntil(GrainCluster cluster, WorkerState state) => GrainCluster.Until(async () =>
    {
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        return (await cluster.Workers()).SingleOrDefault()?.State == state;
    });

    /// <summary>A minute, in which the work is followed.</summary>
    private static async Task TurnClock(GrainCluster cluster, IGpuWorkerGrain worker, Guid work)
    {
        for (var second = 0; second < 60; second++)
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
            await FollowOnce(worker, work);
            await Task.Delay(1);
        }
    }

    private static async Task FollowOnce(IGpuWorkerGrain worker, Guid work)
    {
        await foreach (var happened in worker.Follow(work, 0))
        {
            happened.ShouldBeOfType<WorkStarted>();
            break;
        }
    }

    private static EngineHost Host(GrainCluster cluster) =>
        cluster.Silos[0].ServiceProvider.GetServices<IHostedService>().OfType<EngineHost>().Single();

    private static SpeechWork Work() =>
        new() { Id = Guid.NewGuid(), TextIds = [1, 97, 1], MaxFrames = 7, Seed = 1, Guidance = 3, Temperature = 1, TopP = 1 };
}
