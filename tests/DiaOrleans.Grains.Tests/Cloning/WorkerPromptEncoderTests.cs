using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Cloning;

public sealed class WorkerPromptEncoderTests : IAsyncLifetime
{
    private WorkerPromptEncoder _encoder = null!;
    private GrainCluster _cluster = null!;
    private IWorker _worker = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await GrainCluster.Start();
        _encoder = ActivatorUtilities.CreateInstance<WorkerPromptEncoder>(_cluster.Silos[0].ServiceProvider);
        _worker = _cluster.Silos[0].ServiceProvider.GetRequiredService<WorkerCalls>()[(await _cluster.Workers()).Single().Key];
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_workers_codec_encodes_and_forgets()
    {
        var encoding = _encoder.Encode([0.25f, -0.5f], _worker);
        var run = _cluster.Engine.NextEncoding();
        run.Samples.ShouldBe([0.25f, -0.5f]);
        run.Complete(new CodeGrid(3, 9));
        var codes = await encoding.WaitAsync(TimeSpan.FromSeconds(20));
        (codes.Frames, codes.Channels).ShouldBe((3, 9));
    }

    [Fact]
    public async Task A_refusal_comes_with_the_workers_answer()
    {
        _cluster.Engine.Refusal = new EngineAdmission(null, EngineRefusal.Busy, "Full.", TimeSpan.FromSeconds(3));
        var refused = await Should.ThrowAsync<PromptEncodingException>(_encoder.Encode(new float[4], _worker));
        (refused.Answer.Outcome, refused.Answer.RetryAfter).ShouldBe((WorkOutcome.Busy, TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task A_failure_is_a_rejection()
    {
        var encoding = _encoder.Encode(new float[4], _worker);
        _cluster.Engine.NextEncoding().Fail(new InvalidOperationException("Broken."));
        (await Should.ThrowAsync<PromptEncodingException>(encoding)).Answer.Outcome.ShouldBe(WorkOutcome.Rejected);
    }

    [Fact]
    public async Task A_worker_that_stops_the_encoding_is_unavailable()
    {
        var encoding = _encoder.Encode(new float[4], _worker);
        _cluster.Engine.NextEncoding().Cancel();
        (await Should.ThrowAsync<PromptEncodingException>(encoding)).Answer.Outcome.ShouldBe(WorkOutcome.Unavailable);
    }

    [Fact]
    public async Task A_worker_that_does_not_exist_is_unavailable()
    {
        var worker = new RemoteWorker(_cluster.Grains.GetGrain<IGpuWorkerGrain>("nowhere/0"));
        var refused = await Should.ThrowAsync<PromptEncodingException>(_encoder.Encode(new float[4], worker));
        refused.Answer.Outcome.ShouldBe(WorkOutcome.Unavailable);
    }
}
