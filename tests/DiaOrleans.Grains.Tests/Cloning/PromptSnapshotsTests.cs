using System.Security.Cryptography;
using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Cloning;

public sealed class PromptSnapshotsTests : IAsyncLifetime
{
    private static readonly VoiceSettings Voice = new("neutral", "S1", "a", null);
    private PromptBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await PromptBench.Start();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task During_an_upload_the_new_recording_is_not_combined_with_the_old_transcript()
    {
        await Upload(1);
        await _bench.Prompt("a").SetTranscript(new PromptTranscript("Old words.", "whisper", []));
        var wave = WaveReader.Tone(2, rate: 16000);
        Task<ResolvedPrompt?> resolving;
        await using (await _bench.Get<PromptLocks>().Acquire("a", default))
        {
            await _bench.Put("a.wav", wave);
            resolving = Resolve(Voice);
            await GrainCluster.Until(() => Task.FromResult(_bench.Encoder.Calls == 1 || resolving.IsCompleted));
            var hash = Convert.ToHexStringLower(MD5.HashData(wave));
            await _bench.Prompt("a").Register(new PromptRecording("audio_prompts/a.wav", 2, 16000, hash));
        }

        var prompt = (await resolving)!;
        (prompt.Codes.Frames, prompt.Transcript).ShouldBe((100, null));
    }

    [Fact]
    public async Task A_transcript_that_the_voice_had_of_an_earlier_recording_is_not_used()
    {
        await Upload(1);
        await _bench.Voice("v", "a");
        (await Resolve(Voice with { AudioPromptTranscript = "Old words." }, "v"))!.Transcript.ShouldBeNull();
        await _bench.Voice("v", "a", "Its own words.");
        (await Resolve(Voice, "v"))!.Transcript.ShouldBe("[S1] Its own words.");
    }

    [Theory]
    [InlineData("whisper", null)]
    [InlineData("manual", "[S1] Words.")]
    public async Task If_the_file_was_replaced_in_the_folder_only_a_transcript_set_by_hand_is_used(string source, string? words)
    {
        await Upload(1);
        await _bench.Prompt("a").SetTranscript(new PromptTranscript("Words.", source, []));
        await _bench.Put("a.wav", WaveReader.Tone(2, rate: 16000));
        foreach (var text in (string?[])[null, "Words."])
        {
            var prompt = (await Resolve(Voice with { AudioPromptTranscript = text }))!;
            (prompt.Codes.Frames, prompt.Transcript).ShouldBe((100, words));
        }
    }

    [Fact]
    public async Task A_prompt_read_during_uploads_is_one_recording_with_its_own_transcript()
    {
        await _bench.Configure(new ServerConfiguration());
        _bench.Recognizer.TextFor = samples => samples > 24000 ? "Two." : "One.";
        await Upload(1);
        var uploads = Task.Run(async () =>
        {
            for (var i = 0; i < 8; i++)
            {
                await Upload(1 + i % 2);
                await _bench.Discovery.DiscoverOne("a", default);
            }
        });
        var words = new HashSet<string?>();
        while (!uploads.IsCompleted)
        {
            var prompt = (await Resolve(Voice))!;
            words.Add(prompt.Transcript);
            if (prompt.Transcript is not null) prompt.Transcript.ShouldBe(prompt.Codes.Frames == 100 ? "[S1] Two." : "[S1] One.");
        }

        await uploads;
        words.Count.ShouldBeGreaterThan(1);
    }

    private Task Upload(double seconds) => _bench.Intake.Store("a", WaveReader.Tone(seconds, rate: 16000), default);

    private Task<ResolvedPrompt?> Resolve(VoiceSettings voice, string id = "unknown")
    {
        var worker = _bench.Cluster.Silos[0].ServiceProvider.GetRequiredService<WorkerCalls>()["silo/0"];
        return _bench.Get<PromptResolver>().Resolve(id, voice, "S1", PromptBench.Model, worker, default);
    }
}
