using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.PromptLibrary;

public sealed class PromptRemovalTests : IAsyncLifetime
{
    private PromptBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await PromptBench.Start();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_used_prompt_is_not_deleted_and_an_unused_one_is_deleted_with_its_files()
    {
        await _bench.Intake.Store("a", WaveReader.Tone(1), default);
        await _bench.Put("a.mp3", WaveReader.Tone(1));
        await _bench.Put("a.txt", "Words.");
        await _bench.Put("a.txt.backup", "Words.");
        await _bench.Put("a.reference.txt", "Words.");
        await _bench.Put("ab.wav", WaveReader.Tone(1));
        await _bench.Voice("v1", "a");
        (await Remove("a")).UsedBy.ShouldBe(["v1"]);
        _bench.Read("a.wav").ShouldNotBeNull();
        await _bench.Cluster.Voice("v1").Delete();
        (await Remove("a")).ShouldBeEquivalentTo(new RemovalOutcome(true, []));
        Directory.GetFiles(Path.Combine(_bench.Folder, "audio_prompts")).Select(Path.GetFileName).ShouldBe(["ab.wav"]);
        (await Remove("a")).Found.ShouldBeFalse();
        (await _bench.Discovery.Discover(false, default)).Select(prompt => prompt.Id).ShouldBe(["ab"]);
    }

    private Task<RemovalOutcome> Remove(string id) => _bench.Get<PromptRemoval>().Remove(id, default);
}
