using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Speech;

public sealed class SpeechSessionTests : IAsyncLifetime
{
    private GrainCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await SpeechCluster.Start(loaded: false);
        await _cluster.Voice("v").Put(new VoiceSettings("neutral", "S2", null, null));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_request_becomes_audio_that_is_dropped_as_it_is_read()
    {
        await _cluster.FinishLoading();
        var speech = Speech();
        (await speech.Start(Request("Hello *there*."))).ShouldBeEquivalentTo(new SpeechAdmission { Outcome = AdmissionOutcome.Accepted });
        var run = _cluster.Engine.Next();
        run.Call.Text.ShouldBe("[S2] Hello there. [S2]");
        speech.Look()
            .ShouldBe(new SpeechSnapshot { Status = SpeechStatus.Pending, ProcessedText = "[S2] Hello there. [S2]", InputTokens = 16 });
        var wait = speech.Wait();
        run.Complete(FakeEngine.Clip(160_000));
        var done = await wait;
        done.Status.ShouldBe(SpeechStatus.Completed);
        Unread.Held.ShouldBe(done.AudioBytes);
        var chunks = await speech.ReadAll();
        chunks.ShouldAllBe(chunk => chunk.Length <= 64 * 1024);
        Unread.Held.ShouldBe(0);
        byte[] audio = [.. chunks.SelectMany(chunk => chunk)];
        audio.LongLength.ShouldBe(done.AudioBytes);
        audio.AsSpan(0, 4).SequenceEqual("RIFF"u8).ShouldBeTrue();
        ((audio.Length - 44) / 2).ShouldBeInRange(440_990, 441_010);
    }

    [Fact]
    public async Task The_asked_sample_rate_counts()
    {
        await _cluster.FinishLoading();
        var speech = Speech();
        await speech.Start(Request() with { SampleRate = 8000 });
        _cluster.Engine.Next().Complete(FakeEngine.Clip(16_000));
        (await speech.Wait()).AudioBytes.ShouldBeInRange(44 + 2 * 7_990, 44 + 2 * 8_010);
    }

    [Fact]
    public async Task The_state_moves_on_while_a_slot_decodes()
    {
        await _cluster.FinishLoading();
        var speech = Speech();
        await speech.Start(Request());
        _cluster.Engine.Next().Start();
        await Turn(() => Task.FromResult(speech.Look().Status == SpeechStatus.Processing));
    }

    [Fact]
    public async Task An_unknown_voice_is_refused_with_the_known_ones_in_order()
    {
        await _cluster.Voice("a").Put(new VoiceSettings("neutral", "S1", null, null));
        foreach (var id in (string[])["nobody", "", " ", "a\ud800"])
        {
            var answer = await Speech().Start(Request() with { VoiceId = id });
            answer.Outcome.ShouldBe(AdmissionOutcome.VoiceNotFound);
            answer.AvailableVoices.ShouldBe(["v", "a"]);
        }
    }

    [Theory]
    [InlineData(" ** ")]
    [InlineData("[S1] [S2]")]
    public async Task Text_that_says_nothing_is_refused(string text) =>
        (await Speech().Start(Request(text))).ShouldSatisfyAllConditions(
            a => a.Outcome.ShouldBe(AdmissionOutcome.Rejected), a => a.Reason.ShouldBe("Text cannot be empty"));

    [Fact]
    public async Task A_voice_with_a_prompt_that_is_not_registered_speaks_without_it()
    {
        await _cluster.FinishLoading();
        await _cluster.Voice("p").Put(new VoiceSettings("neutral", "S1", "prompt", "What it says."));
        (await Speech().Start(Request() with { VoiceId = "p" })).Outcome.ShouldBe(AdmissionOutcome.Accepted);
        _cluster.Engine.Next().Call.ShouldSatisfyAllConditions(
            call => call.Prompt.ShouldBeNull(), call => call.Text.ShouldBe("[S1] Hello. [S1]"));
    }

    [Fact]
    public async Task A_full_engine_says_when_to_try_again_and_a_later_try_may_succeed()
    {
        await _cluster.FinishLoading();
        _cluster.Engine.Refusal = new EngineAdmission(null, EngineRefusal.Busy, "full", TimeSpan.FromSeconds(9));
        var busy = new SpeechAdmission { Outcome = AdmissionOutcome.Busy, Reason = "full", RetryAfter = TimeSpan.FromSeconds(9) };
        var speech = Speech();
        (await speech.Start(Request())).ShouldBeEquivalentTo(busy);
        (await speech.Wait()).ShouldBe(new SpeechSnapshot { Status = SpeechStatus.Failed, Error = "full" });
        _cluster.Engine.Refusal = null;
        (await Speech().Start(Request())).Outcome.ShouldBe(AdmissionOutcome.Accepted);
    }

    [Fact]
    public async Task Waits_for_a_model_that_is_being_loaded()
    {
        var speech = Speech();
        var start = speech.Start(Request());
        _cluster.Time.Advance(TimeSpan.FromSeconds(20));
        start.IsCompleted.ShouldBeFalse();
        _cluster.Engine.FinishLoading();
        await Turn(() => Task.FromResult(start.IsCompleted));
        (await start).Outcome.ShouldBe(AdmissionOutcome.Accepted);
    }

    [Fact]
    public async Task Gives_up_on_a_loading_model_after_thirty_seconds()
    {
        var before = _cluster.Time.GetTimestamp();
        var start = Speech().Start(Request());
        await Turn(() => Task.FromResult(start.IsCompleted));
        (await start).ShouldSatisfyAllConditions(
            a => a.Outcome.ShouldBe(AdmissionOutcome.Unavailable), a => a.RetryAfter.ShouldNotBeNull());
        _cluster.Time.GetElapsedTime(before).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(null, AdmissionOutcome.Accepted)]
    [InlineData("fake", AdmissionOutcome.Accepted)]
    [InlineData("other", AdmissionOutcome.Unavailable)]
    public async Task A_request_for_a_model_is_offered_to_its_workers_only(string? model, AdmissionOutcome expected)
    {
        await _cluster.FinishLoading();
        (await Speech().Start(Request() with { Model = model })).Outcome.ShouldBe(expected);
        _cluster.Engine.Admitted.ShouldBe(expected == AdmissionOutcome.Accepted ? 1 : 0);
    }

    [Fact]
    public async Task A_model_that_did_not_load_makes_no_request_wait()
    {
        _cluster.Engine.FailLoading(new InvalidDataException("broken"));
        await GrainCluster.Until(async () => (await _cluster.Workers()).Single().State == Abstractions.Workers.WorkerState.Failed);
        (await Speech().Start(Request())).Outcome.ShouldBe(AdmissionOutcome.Unavailable);
    }

    [Fact]
    public async Task A_request_whose_client_leaves_frees_its_slot_and_stays_cancelled()
    {
        await _cluster.FinishLoading();
        var speech = Speech();
        await speech.Start(Request());
        var run = _cluster.Engine.Next();
        var wait = speech.Wait();
        await speech.DisposeAsync();
        run.Stop.IsCancellationRequested.ShouldBeTrue();
        (await wait).Status.ShouldBe(SpeechStatus.Cancelled);
        run.Complete(FakeEngine.Clip(16_000));
        await speech.DisposeAsync();
        (await speech.Wait()).Status.ShouldBe(SpeechStatus.Cancelled);
    }

    [Fact]
    public async Task The_state_stays_as_it_is_if_the_client_leaves_after_the_end()
    {
        var speech = await LeaveAfterTheEnd();
        (await speech.Wait()).Status.ShouldBe(SpeechStatus.Completed);
    }

    [Fact]
    public async Task A_failed_run_fails_the_request()
    {
        await _cluster.FinishLoading();
        var speech = Speech();
        await speech.Start(Request());
        _cluster.Engine.Next().Fail(new InvalidOperationException("out of memory"));
        (await speech.Wait()).ShouldSatisfyAllConditions(
            now => now.Status.ShouldBe(SpeechStatus.Failed), now => now.Error.ShouldBe("The model failed; the server's log says why."));
        await Should.ThrowAsync<InvalidOperationException>(speech.ReadAll);
    }

    [Fact]
    public async Task Speech_without_a_sample_fails_the_request()
    {
        await _cluster.FinishLoading();
        var speech = Speech();
        await speech.Start(Request());
        for (var attempt = 0; attempt < 3; attempt++) _cluster.Engine.Next().Complete(FakeEngine.Clip(0));
        (await speech.Wait()).ShouldSatisfyAllConditions(
            now => now.Status.ShouldBe(SpeechStatus.Failed), now => now.Error!.ShouldContain("nothing to say"));
    }

    [Fact]
    public async Task A_client_that_leaves_while_the_model_loads_leaves_no_work_behind()
    {
        var speech = Speech();
        var start = speech.Start(Request());
        await speech.DisposeAsync();
        await Turn(() => Task.FromResult(start.IsCompleted));
        (await start).Outcome.ShouldBe(AdmissionOutcome.Unavailable);
        await _cluster.FinishLoading();
        _cluster.Engine.Admitted.ShouldBe(0);
    }

    [Fact]
    public async Task Audio_of_a_client_that_stops_reading_stays()
    {
        await _cluster.FinishLoading();
        var speech = Speech();
        await speech.Start(Request("Hello there, my old friend.") with { Streamed = true });
        var run = _cluster.Engine.Next();
        run.Append(FakeEngine.Clip(160_000).Samples[..80_000]);
        await using var reading = speech.Read(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        (await reading.MoveNextAsync()).ShouldBeTrue();
        long bytes = reading.Current.Length;
        await Pass(minutes: 3);
        run.Stop.IsCancellationRequested.ShouldBeFalse();
        run.CompleteFrom(80_000, FakeEngine.Clip(160_000));
        await speech.Wait();
        await Pass(minutes: 3);
        while (await reading.MoveNextAsync()) bytes += reading.Current.Length;
        ((bytes - 44) / 2).ShouldBeInRange(440_990, 441_010);
    }

    [Fact]
    public async Task The_audio_is_dropped_if_the_client_leaves_after_the_end()
    {
        var speech = await LeaveAfterTheEnd();
        Unread.Held.ShouldBe(0);
        await Should.ThrowAsync<InvalidOperationException>(speech.ReadAll);
    }

    private async Task<SpeechSession> LeaveAfterTheEnd()
    {
        await _cluster.FinishLoading();
        var speech = Speech();
        await speech.Start(Request());
        _cluster.Engine.Next().Complete(FakeEngine.Clip(16_000));
        await speech.Wait();
        await speech.DisposeAsync();
        return speech;
    }

    private UnreadAudio Unread => _cluster.Silos[0].ServiceProvider.GetRequiredService<UnreadAudio>();

    private SpeechSession Speech() => _cluster.Speech();

    private static SpeechRequest Request(string text = "Hello.") => new() { Text = text, VoiceId = "v", Seed = 1 };

    private async Task Pass(int minutes)
    {
        for (var second = 0; second < minutes * 60; second++)
        {
            _cluster.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }
    }

    private Task Turn(Func<Task<bool>> condition) => GrainCluster.Until(() =>
    {
        _cluster.Time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });
}
