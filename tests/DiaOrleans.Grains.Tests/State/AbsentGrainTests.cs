using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Tests.Fakes;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.State;

/// <summary>Clients that ask for many ids that do not exist, or make and delete them.</summary>
public sealed class AbsentGrainTests
{
    private const int Count = 60;

    [Fact]
    public async Task Activations_of_ids_without_a_state_end_also_of_those_that_were_deleted()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        await cluster.Voice("kept").Put(new VoiceSettings("neutral", "S1", null, null));
        await Prompt(cluster, "kept").Register(new PromptRecording("audio_prompts/kept.wav", 1, 44_100, "0a"));
        await Task.WhenAll(Enumerable.Range(0, Count).Select(async i =>
        {
            (await cluster.Voice($"unknown {i}").Delete()).ShouldBeFalse();
            (await Prompt(cluster, $"unknown {i}").Delete()).ShouldBeFalse();
            await cluster.Voice($"deleted {i}").Put(new VoiceSettings("neutral", "S1", null, null));
            await Prompt(cluster, $"deleted {i}").Register(new PromptRecording($"audio_prompts/{i}.wav", 1, 44_100, "0b"));
            (await cluster.Voice($"deleted {i}").Delete()).ShouldBeTrue();
            (await Prompt(cluster, $"deleted {i}").Delete()).ShouldBeTrue();
        }));
        (await Activations(cluster)).ShouldBe(2 + 4 * Count);
        cluster.Time.Advance(TimeSpan.FromSeconds(11));
        await GrainCluster.Until(async () => await Activations(cluster) == 2);
        (await cluster.Voice("kept").Get()).ShouldNotBeNull();
        (await cluster.Voice("deleted 1").Put(new VoiceSettings("calm", "S1", null, null))).ShouldNotBeNull();
    }

    private static IAudioPromptGrain Prompt(GrainCluster cluster, string id) => cluster.Grains.GetGrain<IAudioPromptGrain>(id);

    private static async Task<int> Activations(GrainCluster cluster)
    {
        var all = await cluster.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return all.Count(one => one.GrainId.Type.ToString() is "dia.voice" or "dia.audio-prompt");
    }
}
