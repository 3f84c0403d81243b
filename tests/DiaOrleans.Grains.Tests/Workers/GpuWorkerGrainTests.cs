using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.DependencyInjection;

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
    public async Task A_worker_is_busy_until_its_last_work_is_released()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        (await worker.GetStatus()).Busy.ShouldBeFalse();
        var (first, second) = (Work(), Work());
        await worker.Submit(first);
        cluster.Engine.Next().Complete(FakeEngine.Clip(100));
        await worker.Submit(second);
        await worker.Release(first.Id);
        (await worker.GetStatus()).Busy.ShouldBeTrue();
        cluster.Engine.Next().Complete(FakeEngine.Clip(100));
        (await worker.Wait(second.Id, TimeSpan.FromSeconds(20))).State.ShouldBe(WorkState.Completed);
        (await worker.GetStatus()).ShouldSatisfyAllConditions(status => status.Active.ShouldBe(0), status => status.Busy.ShouldBeTrue());
        await worker.Release(second.Id);
        (await worker.GetStatus()).Busy.ShouldBeFalse();
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
    public async Task Samples_are_read_while_they_are_made_and_again_until_the_release()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        await worker.Submit(work);
        var run = cluster.Engine.Next();
        var clip = FakeEngine.Clip(200_000);
        await using var samples = worker.Read(work.Id).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var heard = new List<float>();
        run.Append(clip.Samples[..500]);
        (await samples.MoveNextAsync()).ShouldBeTrue();
        samples.Current.ShouldBe(clip.Samples[..500]);
        heard.AddRange(samples.Current);
        var progress = await worker.Wait(work.Id, TimeSpan.Zero);
        (progress.Samples, progress.SampleRate, progress.EndedByItself).ShouldBe((500, 16000, true));
        run.Complete(clip with { EndedByItself = false });
        while (await samples.MoveNextAsync())
        {
            samples.Current.Length.ShouldBeLessThanOrEqualTo(64 * 1024);
            heard.AddRange(samples.Current);
        }

        heard.ShouldBe(clip.Samples);
        (await worker.Wait(work.Id, TimeSpan.Zero)).EndedByItself.ShouldBeFalse();
        (await worker.Read(work.Id).SelectMany(chunk => chunk).ToArrayAsync()).ShouldBe(clip.Samples);
        await worker.Release(work.Id);
        await Should.ThrowAsync<InvalidOperationException>(async () => await worker.Read(work.Id).ToListAsync());
    }

    [Fact]
    public async Task A_reader_of_stopped_work_hears_that_it_was_stopped()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = Work();
        await worker.Submit(work);
        var run = cluster.Engine.Next();
        run.Append([1, 2]);
        await using var samples = worker.Read(work.Id).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        (await samples.MoveNextAsync()).ShouldBeTrue();
        await worker.Release(work.Id);
        await Should.ThrowAsync<OperationCanceledException>(async () => await samples.MoveNextAsync());
    }

    [Fact]
    public async Task A_recording_is_admitted_once_encoded_and_released()
    {
        await using var cluster = await GrainCluster.Start();
        var worker = await Worker(cluster);
        var work = new EncodingWork(Guid.NewGuid(), [0.5f, -0.5f]);
        (await worker.SubmitEncoding(work)).ShouldBe(new WorkAdmission(WorkOutcome.Accepted));
        (await worker.SubmitEncoding(work)).ShouldBe(new WorkAdmission(WorkOutcome.Accepted));
        (await worker.Wait(work.Id, TimeSpan.Zero)).ShouldBe(new WorkProgress { State = WorkState.Waiting });
        var run = cluster.Engine.NextEncoding();
        run.Samples.ShouldBe([0.5f, -0.5f]);
        (await worker.GetCodes(work.Id)).ShouldBeNull();
        run.Complete(new CodeGrid([1, 2, 3, 4], 2));
        (await worker.Wait(work.Id, TimeSpan.FromSeconds(20))).ShouldBe(new WorkProgress { State = WorkState.Completed, Frames = 2 });
        var codes = (await worker.GetCodes(work.Id))!;
        (codes.Channels, codes.Frames).ShouldBe((2, 2));
        codes.Cells.ShouldBe([1, 2, 3, 4]);
        await Should.ThrowAsync<InvalidOperationException>(async () => await worker.Read(work.Id).ToListAsync());
        await worker.Release(work.Id);
        (await worker.GetCodes(work.Id)).ShouldBeNull();
    }

    [Theory]
    [InlineData(WorkPriority.Live, CallPriority.Live)]
    [InlineData(WorkPriority.Waiting, CallPriority.Waiting)]
    [InlineData(WorkPriority.Background, CallPriority.Background)]
    public async Task The_engine_hears_who_goes_first(WorkPriority asked, CallPriority expected)
    {
        await using var cluster = await GrainCluster.Start();
        await (await Worker(cluster)).Submit(Work() with { Priority = asked });
        cluster.Engine.Next().Call.Priority.ShouldBe(expected);
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
