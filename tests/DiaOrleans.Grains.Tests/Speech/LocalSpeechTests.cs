using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Speech;

/// <summary>Requests on a silo while others leave the cluster.</summary>
public sealed class LocalSpeechTests
{
    private const int Requests = 12;

    [Fact]
    public async Task Streams_of_a_silo_go_on_while_others_are_killed_and_stopped()
    {
        await using var cluster = await SpeechCluster.Start(silos: 3, realTime: true);
        await cluster.Voice("v").Put(new VoiceSettings("neutral", "S1", null, null));
        var silo = cluster.Silos[0];
        var engine = cluster.EngineOf(silo);
        var full = new EngineAdmission(null, EngineRefusal.Busy, "Full.", TimeSpan.FromSeconds(1));
        foreach (var other in cluster.Engines.Where(other => other != engine)) other.Refusal = full;
        SpeechSession[] requests = [.. Enumerable.Range(0, Requests).Select(_ => cluster.Speech(silo))];
        foreach (var request in requests)
        {
            var sent = new SpeechRequest { Text = "Hello there, my friend.", VoiceId = "v", Seed = 1, Streamed = true };
            (await request.Start(sent)).Outcome.ShouldBe(AdmissionOutcome.Accepted);
        }

        await cluster.Cluster.KillSiloAsync(cluster.Silos[1]);
        await cluster.Cluster.StopSiloAsync(cluster.Silos[1]);
        cluster.Silos.ShouldHaveSingleItem().ShouldBe(silo);
        var oracle = silo.ServiceProvider.GetRequiredService<ISiloStatusOracle>();
        await GrainCluster.Until(() => Task.FromResult(oracle.GetActiveSilos().Length == 1));
        for (var i = 0; i < Requests; i++) engine.Next().Complete(FakeEngine.Clip(16_000));
        var audio = await Task.WhenAll(requests.Select(async request => (await request.ReadAll()).Sum(part => part.Length)));
        audio.ShouldAllBe(bytes => bytes > 80_000);
        requests.ShouldAllBe(request => request.Look().Status == SpeechStatus.Completed);
    }
}
