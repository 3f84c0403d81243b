using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Voices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.State;

public sealed class StoredReadsTests : IAsyncLifetime
{
    private static readonly VoiceSettings Settings = new("neutral", "S2", null, "Hello.");

    private readonly FakeTimeProvider _time = new();
    private GrainCluster _cluster = null!;
    private StoredReads _reads = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await GrainCluster.Start(loaded: false);
        _reads = NewReads(_time);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_grain_that_does_not_answer_is_read_from_its_row_and_not_asked_for_ten_seconds()
    {
        var voice = _cluster.Voice("v");
        await voice.Put(Settings);
        var asked = 0;
        var silent = new TaskCompletionSource<VoiceSettings?>();
        var read = Read(silent.Task);
        _time.Advance(StoredReads.Limit - TimeSpan.FromMilliseconds(1));
        read.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await read.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(Settings);
        (await Read(silent.Task)).ShouldBe(Settings);
        asked.ShouldBe(1);
        _time.Advance(StoredReads.Memory);
        (await Read(Task.FromResult<VoiceSettings?>(null))).ShouldBeNull();
        asked.ShouldBe(2);

        Task<VoiceSettings?> Read(Task<VoiceSettings?> answer) => _reads.Read(
            voice,
            () =>
            {
                asked++;
                return answer;
            },
            async () => (await _reads.ReadState<VoiceState>(voice, VoiceState.Name)).Settings);
    }

    [Fact]
    public async Task An_error_of_the_grain_is_thrown_and_a_fault_of_its_silo_is_not()
    {
        var voice = _cluster.Voice("w");
        await Should.ThrowAsync<InvalidDataException>(() => Read(new InvalidDataException()));
        (await Read(new OrleansException())).ShouldBe("stored");

        Task<string> Read(Exception fault) => _reads.Read(voice, () => Task.FromException<string>(fault), () => Task.FromResult("stored"));
    }

    [Fact]
    public async Task Rows_that_are_read_have_what_the_grains_have_stored()
    {
        var services = _cluster.Silos[0].ServiceProvider;
        var configuration = _cluster.Grains.GetGrain<IConfigurationGrain>(0);
        var changed = await configuration.Replace(new ServerConfiguration { DebugMode = true, OutputRetentionHours = 7 });
        (await _reads.ReadState<ConfigurationState>(configuration, ConfigurationState.Name)).Configuration.ShouldBe(changed);
        (await services.GetRequiredService<ConfigurationReads>().Get()).ShouldBe(changed);
        var voice = _cluster.Voice("v");
        (await _reads.ReadState<VoiceState>(voice, VoiceState.Name)).Settings.ShouldBeNull();
        await voice.Put(Settings);
        (await services.GetRequiredService<VoiceReads>().Find("v")).ShouldBe(Settings);
        (await _reads.ReadState<VoiceState>(voice, VoiceState.Name)).Settings.ShouldBe(Settings);
        await voice.Delete();
        (await _reads.ReadState<VoiceState>(voice, VoiceState.Name)).Settings.ShouldBeNull();
    }

    [Fact]
    public async Task Lists_of_stored_rows_are_those_of_the_catalogues()
    {
        var ids = Enumerable.Range(0, IdPages.Size + 5).Select(number => $"v{number}").ToArray();
        foreach (var id in ids) await _cluster.Voice(id).Put(Settings);
        await _cluster.Voice(ids[3]).Delete();
        var prompt = _cluster.Grains.GetGrain<IAudioPromptGrain>("p");
        await prompt.Register(new PromptRecording("audio_prompts/p.wav", 1, 44100, "22"));
        var services = _cluster.Silos[0].ServiceProvider;
        var voices = await services.GetRequiredService<VoiceReads>().List();
        voices.Select(voice => voice.Id).ShouldBe(ids.Where(id => id != ids[3]));
        // The catalogues cannot be asked any more.
        var silent = NewReads(TimeProvider.System);
        foreach (var grain in (IAddressable[])[Catalog<IVoiceCatalogGrain>(), Catalog<IAudioPromptCatalogGrain>()])
            await silent.Read(grain, () => Task.FromException<bool>(new TimeoutException()), () => Task.FromResult(true));
        (await new VoiceReads(_cluster.Grains, silent, new ActivationCopies()).List()).ShouldBe(voices);
        (await new VoiceReads(_cluster.Grains, silent, new ActivationCopies()).ListIds()).ShouldBe(voices.Select(voice => voice.Id));
        (await new PromptReads(_cluster.Grains, silent).List()).ShouldHaveSingleItem().Hash.ShouldBe("22");

        TCatalog Catalog<TCatalog>() where TCatalog : IGrainWithIntegerKey => _cluster.Grains.GetGrain<TCatalog>(0);
    }

    private StoredReads NewReads(TimeProvider time) =>
        new(_cluster.Storage, new SingleReads(_cluster.Storage), time, NullLogger<StoredReads>.Instance);
}
