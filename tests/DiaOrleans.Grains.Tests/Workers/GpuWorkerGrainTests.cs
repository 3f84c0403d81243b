using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.DependencyInjection;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class GpuWorkerGrainTests
{
    [Fact]
    public async Task Lives_on_the_silo_that_its_key_names_and_nowhere_else()
    {
        await using var cluster = await GrainCluster.Start(silos: 2, realTime: true);
        foreach (var silo in cluster.Silos)
        {
            var key = silo.ServiceProvider.GetRequiredService<LocalWorker>().Key.ToString();
            var worker = cluster.Grains.GetGrain<IGpuWorkerGrain>(key);
            (await worker.GetStatus()).Key.ShouldBe(key);
            (await worker.Submit(Work())).Outcome.ShouldBe(WorkOutcome.Accepted);
        }

        cluster.Engines.Select(engine => engine.Admitted).ShouldBe([1, 1]);
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
        (await Should.ThrowAsync<OrleansException>(worker.GetStatus())).Message.ShouldContain(silo.Name);
    }

    [Fact]
    public async Task Work_is_admitted_once_waited_for_read_and_released()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        (await worker.Submit(work)).ShouldBe(new WorkAdmission(WorkOutcome.Accepted));
        (await worker.Submit(work)).ShouldBe(new WorkAdmission(WorkOutcome.Accepted));
        cluster.Engine.Admitted.ShouldBe(1);
        var run = cluster.Engine.Next();
        run.Call.ShouldBe(new SpeechCall { Text = work.Text, MaxFrames = 7, Seed = -5, Sampling = new(2.5f, 0.5f, 0.25f, 45) });

        (await worker.Wait(work.Id, TimeSpan.Zero)).State.ShouldBe(WorkState.Waiting);
        run.Report(3);
        (await worker.Wait(work.Id, TimeSpan.Zero)).ShouldBe(new WorkProgress { State = WorkState.Running, Frames = 3, SampleRate = 16000 });
        var wait = worker.Wait(work.Id, TimeSpan.FromSeconds(20));
        var clip = FakeEngine.Clip(150_000);
        run.Complete(clip);
        (await wait.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(new WorkProgress { State = WorkState.Completed, Frames = 3, SampleRate = 16000, Samples = 150_000 });

        (await worker.Read(work.Id).SelectMany(chunk => chunk).ToArrayAsync()).ShouldBe(clip.Samples);
        await worker.Release(work.Id);
        (await worker.Wait(work.Id, TimeSpan.Zero)).State.ShouldBe(WorkState.Unknown);
    }

    [Fact]
    public async Task A_wait_ends_with_the_state_when_its_time_is_over()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        await worker.Submit(work);
        var wait = worker.Wait(work.Id, TimeSpan.FromMinutes(5));
        await GrainCluster.Until(() =>
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(wait.IsCompleted);
        });
        (await wait).State.ShouldBe(WorkState.Waiting);
    }

    [Fact]
    public async Task A_failed_run_is_reported_without_its_inner_workings()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        await worker.Submit(work);
        cluster.Engine.Next().Fail(new InvalidOperationException("out of memory"));
        (await worker.Wait(work.Id, TimeSpan.FromSeconds(20))).ShouldBe(new WorkProgress { State = WorkState.Failed, SampleRate = 16000, Error = "The model failed; the server's log says why." });
        await Should.ThrowAsync<InvalidOperationException>(async () => await worker.Read(work.Id).ToListAsync());
    }

    [Theory]
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

    private static async Task<IGpuWorkerGrain> Worker(GrainCluster cluster) => cluster.Grains.GetGrain<IGpuWorkerGrain>((await cluster.Workers()).Single().Key);

    private static SpeechWork Work() => new()
    {
        Id = Guid.NewGuid(), Text = "[S1] Hello. [S1]", MaxFrames = 7, Seed = -5, Guidance = 2.5, Temperature = 0.5, TopP = 0.25,
    };
}
