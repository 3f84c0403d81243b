using System.Security.Cryptography;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Tests.Rendering;

/// <summary>Requests whose engine breaks in mid-call, with the shipped model: they go on at another worker, with the same bytes.</summary>
public sealed class BrokenEngineTests : IAsyncLifetime
{
    private const string Long = "[S1] The lamp is still on, and the door is open. [S2] Then close it, please. "
        + "[S1] The lamp is still on, and the door is open. [S2] Then close it, please. [S1] I will do it. [S2] Good.";

    private const int Repeats = 2;

    private readonly NanoEngine[] _engines = [new(), new()];
    private GrainCluster _cluster = null!;

    public static TheoryData<string, string, double, bool> Requests => new()
    {
        { Long, "wav", 1, false },
        { Long, "wav", 1, true },
        { Long, "wav", 1.3, true },
        { "Yes, it is.", "wav", 1, true },
        { "No.", "pcm", 1, false },
    };

    public async ValueTask InitializeAsync()
    {
        _cluster = await SpeechCluster.StartSpeaking(_engines);
        await _cluster.Voice("v").Put(new VoiceSettings("neutral", "S1", null, null));
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        foreach (var engine in _engines) await engine.Close();
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_whose_engine_breaks_at_any_frame_has_the_bytes_of_an_undisturbed_one(
        string text,
        string format,
        double speed,
        bool streamed)
    {
        var request = new SpeechRequest
        {
            Text = text, VoiceId = "v", Seed = 5, Format = format, Speed = speed, Streamed = streamed,
        };
        var whole = await Speak(request);
        var random = new Random(7);
        var breaks = 0;
        foreach (var engine in _engines) engine.Admitted = BreakOften;
        for (var i = 0; i < Repeats; i++) (await Speak(request)).ShouldBe(whole);
        breaks.ShouldBeGreaterThan(0);

        // Two breaks without a new frame between them end a request.
        void BreakOften(SpeechRun run)
        {
            lock (random)
            {
                if (random.Next(4) == 0) return;
                breaks++;
                _ = NanoEngine.BreakAt(run, run.Frames + random.Next(1, 60));
            }
        }
    }

    private async Task<string> Speak(SpeechRequest request)
    {
        await using var speech = _cluster.Speech();
        (await speech.Start(request)).Outcome.ShouldBe(AdmissionOutcome.Accepted);
        var parts = await speech.ReadAll();
        return Convert.ToHexString(SHA256.HashData([.. parts.SelectMany(part => part)])) + " " + parts.Sum(part => part.Length);
    }
}
