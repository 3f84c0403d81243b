using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Hosting;

namespace DiaOrleans.Grains.Tests.PromptLibrary;

public sealed class PromptDiscoveryServiceTests : IAsyncLifetime
{
    private PromptBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await PromptBench.Start();

    public async ValueTask DisposeAsync()
    {
        await _bench.Get<IHostedService>().StopAsync(default);
        await _bench.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Discovers_at_the_start_if_the_configuration_says_so(bool discovers)
    {
        await _bench.Put("found.wav", WaveReader.Tone(1));
        await _bench.Configure(new ServerConfiguration { AutoDiscoverPrompts = discovers, AutoTranscribe = false });
        await _bench.Get<IHostedService>().StartAsync(default);
        await _bench.Put("later.txt", "Words.");
        await _bench.Intake.Store("later", WaveReader.Tone(1), default);
        await GrainCluster.Until(async () => (await _bench.Prompt("later").Get())?.Transcript is not null);
        (await _bench.Prompt("found").Get() is not null).ShouldBe(discovers);
    }

    [Fact]
    public async Task Uploads_are_transcribed_in_the_background_also_after_a_failure()
    {
        // The discovery at the start would find the first upload too, and may see it late.
        await _bench.Configure(new ServerConfiguration { AutoDiscoverPrompts = false });
        await _bench.Get<IHostedService>().StartAsync(default);
        _bench.Recognizer.Failure = new InvalidOperationException("Broken.");
        await _bench.Intake.Store("a", WaveReader.Tone(1), default);
        await GrainCluster.Until(() => Task.FromResult(_bench.Recognizer.Calls > 0));
        _bench.Recognizer.Failure = null;
        await _bench.Intake.Store("b", WaveReader.Tone(1), default);
        await GrainCluster.Until(async () => (await _bench.Prompt("b").Get())!.Transcript is not null);
        (await _bench.Prompt("a").Get())!.Transcript.ShouldBeNull();
    }
}
