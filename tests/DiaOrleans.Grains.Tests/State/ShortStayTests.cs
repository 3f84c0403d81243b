using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Tests.Fakes;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.State;

/// <summary>Clients that ask for many ids that do not exist, or make and delete them.</summary>
public sealed class ShortStayTests
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
        (await Activations(cluster, "dia.voice", "dia.audio-prompt")).ShouldBe(2 + 4 * Count);
        cluster.Time.Advance(TimeSpan.FromSeconds(3));
        await GrainCluster.Until(async () => await Activations(cluster, "dia.voice", "dia.audio-prompt") == 2);
        (await cluster.Voice("kept").Get()).ShouldNotBeNull();
        (await cluster.Voice("deleted 1").Put(new VoiceSettings("calm", "S1", null, null))).ShouldNotBeNull();
    }

    [Fact]
    public async Task Activations_of_jobs_end_soon_if_the_job_has_ended_or_is_unknown_and_those_of_waiting_jobs_stay()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var service = new JobService(cluster.Grains, cluster.Blobs, new JobOptions(), TimeProvider.System);
        var ids = new Guid[Count];
        for (var i = 0; i < Count; i++)
        {
            ids[i] = (await service.Submit(new SpeechRequest { Text = $"{i}", VoiceId = "v" })).JobId;
            (await service.Cancel(Guid.NewGuid())).ShouldBeNull();
        }

        await Task.WhenAll(ids.Skip(1).Select(service.Cancel));
        (await Activations(cluster, "dia.job")).ShouldBe(2 * Count);
        cluster.Time.Advance(TimeSpan.FromSeconds(3));
        await GrainCluster.Until(async () => await Activations(cluster, "dia.job") == 1);
        (await service.Find(ids[0]))!.Status.ShouldBe(SpeechStatus.Pending);
        (await service.Find(ids[1]))!.Status.ShouldBe(SpeechStatus.Cancelled);
        (await Activations(cluster, "dia.job")).ShouldBe(2);
        cluster.Time.Advance(TimeSpan.FromSeconds(3));
        await GrainCluster.Until(async () => await Activations(cluster, "dia.job") == 1);
    }

    private static IAudioPromptGrain Prompt(GrainCluster cluster, string id) => cluster.Grains.GetGrain<IAudioPromptGrain>(id);

    private static async Task<int> Activations(GrainCluster cluster, params string[] types)
    {
        var all = await cluster.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return all.Count(one => types.Contains(one.GrainId.Type.ToString()));
    }
}
