using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Tests.Rendering;

/// <summary>Requests whose worker hangs, drains or leaves, on two silos.</summary>
public sealed class SilentWorkerTests : IAsyncLifetime
{
    private GrainCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await SpeechCluster.Start(silos: 2, realTime: true);
        await _cluster.Voice("v").Put(new VoiceSettings("neutral", "S1", null, null));
        await _cluster.Know(_cluster.Silos[0], workers: 2);
        // The API silo does not compute.
        Engine(0).Refusal = new EngineAdmission(null, EngineRefusal.Busy, "Full.", TimeSpan.FromSeconds(1));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_stream_goes_on_at_another_worker_if_the_first_one_hangs()
    {
        var (speech, run) = await StartAtOther();
        run.Start();
        run.Append(FakeEngine.Clip(16_000).Codes);
        run.Append(FakeEngine.Clip(16_000).Samples[..8000]);
        Engine(0).Refusal = null;
        Engine(1).IsLate = true;
        var rest = Engine(0).Next();
        (rest.Call.Made!.Rows, rest.Call.SamplesReceived).ShouldBe((1, 8000));
        await GrainCluster.Until(() => Task.FromResult(run.Stop.IsCancellationRequested));
        rest.Append(FakeEngine.Clip(16_000).Samples[8000..]);
        rest.Complete(endedByItself: true);
        (await speech.ReadAll()).Sum(part => part.Length).ShouldBeInRange(88_000, 88_500);
    }

    [Fact]
    public async Task A_stream_goes_on_at_another_worker_if_the_silo_of_the_first_one_stops()
    {
        var (speech, run) = await StartAtOther();
        run.Start();
        Engine(0).Refusal = null;
        var stopping = _cluster.Cluster.StopSiloAsync(_cluster.Silos[1]);
        Engine(1).StopAll();
        Engine(0).Next().Complete(FakeEngine.Clip(16_000));
        (await speech.ReadAll()).Sum(part => part.Length).ShouldBeInRange(88_000, 88_500);
        await stopping;
    }

    [Fact]
    public async Task Requests_are_not_refused_while_a_silo_with_a_worker_restarts()
    {
        Engine(0).Refusal = null;
        var silo = _cluster.Silos[0];
        using var ended = new CancellationTokenSource();
        var speaking = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => SpeakUntil(ended.Token))));
        using var spoken = new CancellationTokenSource();
        var playing = _cluster.Engines.Select(engine => Task.Run(() => Play(engine, spoken.Token))).ToArray();
        await _cluster.Cluster.RestartSiloAsync(_cluster.Silos[1]);
        await ended.CancelAsync();
        (await speaking.WaitAsync(TimeSpan.FromSeconds(60))).Sum().ShouldBeGreaterThanOrEqualTo(12);
        await spoken.CancelAsync();
        await Task.WhenAll(playing);

        async Task<int> SpeakUntil(CancellationToken stop)
        {
            var count = 0;
            for (; count < 3 || !stop.IsCancellationRequested; count++)
            {
                await using var speech = _cluster.Speech(silo);
                (await speech.Start(Request)).Outcome.ShouldBe(AdmissionOutcome.Accepted);
                await speech.ReadAll();
            }

            return count;
        }
    }

    private static SpeechRequest Request => new() { Text = "Hello there, my old friend.", VoiceId = "v", Seed = 1, Streamed = true };

    private static async Task Play(FakeEngine engine, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (engine.TryNext() is { } run) run.Complete(FakeEngine.Clip(1600));
            else await Task.Delay(5);
        }
    }

    private FakeEngine Engine(int silo) => _cluster.EngineOf(_cluster.Silos[silo]);

    private async Task<(SpeechSession Speech, SpeechRun Run)> StartAtOther()
    {
        var speech = _cluster.Speech();
        (await speech.Start(Request)).Outcome.ShouldBe(AdmissionOutcome.Accepted);
        return (speech, Engine(1).Next());
    }
}
