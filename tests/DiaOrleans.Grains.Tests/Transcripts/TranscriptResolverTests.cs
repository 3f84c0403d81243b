using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Transcripts;

namespace DiaOrleans.Grains.Tests.Transcripts;

public sealed class TranscriptResolverTests : IAsyncLifetime
{
    private PromptBench _bench = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await PromptBench.Start();
        await _bench.Configure(new ServerConfiguration());
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_missing_model_is_downloaded_once_in_the_background_and_callers_do_not_wait()
    {
        var gate = new TaskCompletionSource();
        _bench.Recognizer.OnDisk = false;
        _bench.Recognizer.Gate = gate.Task;
        await Upload("a");
        await Upload("b");
        foreach (var id in (string[])["a", "a", "b"]) (await Resolve(id)).ShouldBeNull();
        await GrainCluster.Until(() => Task.FromResult(_bench.Recognizer.Fetches > 0));
        gate.SetResult();
        await GrainCluster.Until(() => Task.FromResult(_bench.Recognizer.OnDisk));
        (_bench.Recognizer.Fetches, _bench.Recognizer.Calls).ShouldBe((1, 0));
        (await Resolve("a")).ShouldBe("Heard words.");
    }

    [Fact]
    public async Task A_missing_model_is_not_downloaded_if_that_needs_a_clients_request()
    {
        _bench.Recognizer.OnDisk = false;
        _bench.Recognizer.FetchesUnasked = false;
        await Upload("a");
        (await Resolve("a")).ShouldBeNull();
        (_bench.Recognizer.Fetches, _bench.Recognizer.Calls).ShouldBe((0, 0));
        (await _bench.Get<PromptTranscriber>().Transcribe("a", default))!.Transcript!.Text.ShouldBe("Heard words.");
    }

    [Fact]
    public async Task A_failed_download_is_repeated_only_after_a_while()
    {
        _bench.Recognizer.OnDisk = false;
        _bench.Recognizer.Failure = new RecognitionException("Unreachable.") { Fault = RecognitionFault.Download };
        await Upload("a");
        (await Resolve("a")).ShouldBeNull();
        var failures = _bench.Get<RecognitionFailures>();
        await GrainCluster.Until(() => Task.FromResult(failures.IsRecent(RecognitionFault.Download, "base")));
        (await Resolve("a")).ShouldBeNull();
        _bench.Recognizer.Fetches.ShouldBe(1);
        _bench.Cluster.Time.Advance(RecognitionFailures.Lifetime);
        await GrainCluster.Until(async () =>
        {
            (await Resolve("a")).ShouldBeNull();
            return _bench.Recognizer.Fetches == 2;
        });
    }

    [Theory]
    [InlineData(RecognitionFault.Recording, 2)]
    [InlineData(RecognitionFault.Model, 1)]
    public async Task A_failed_recognition_is_repeated_only_after_a_while_and_a_failed_model_is_not_used_for_other_recordings(
        RecognitionFault fault, int calls)
    {
        _bench.Recognizer.Failure = new RecognitionException("Broken.") { Fault = fault };
        await Upload("a", 220);
        await Upload("b", 330);
        foreach (var id in (string[])["a", "a", "b", "b"]) (await Resolve(id)).ShouldBeNull();
        _bench.Recognizer.Calls.ShouldBe(calls);
        _bench.Recognizer.Failure = null;
        _bench.Cluster.Time.Advance(RecognitionFailures.Lifetime);
        (await Resolve("a")).ShouldBe("Heard words.");
    }

    [Fact]
    public async Task A_client_request_and_a_discovery_repeat_a_failed_recognition_at_once()
    {
        _bench.Recognizer.Failure = new RecognitionException("Broken.") { Fault = RecognitionFault.Model };
        await Upload("a");
        (await Resolve("a")).ShouldBeNull();
        await Should.ThrowAsync<RecognitionException>(_bench.Get<PromptTranscriber>().Transcribe("a", default));
        _bench.Recognizer.Calls.ShouldBe(2);
        _bench.Recognizer.Failure = null;
        (await _bench.Discovery.Discover(false, default)).Single().Transcript!.Text.ShouldBe("Heard words.");
    }

    [Fact]
    public async Task A_slow_recognition_delays_callers_up_to_a_limit_and_its_result_is_kept()
    {
        var gate = new TaskCompletionSource();
        _bench.Recognizer.Gate = gate.Task;
        await Upload("a");
        var first = Resolve("a");
        await GrainCluster.Until(() => Task.FromResult(_bench.Recognizer.Calls == 1));
        await Task.Yield();
        first.IsCompleted.ShouldBeFalse();
        await GrainCluster.Until(() =>
        {
            _bench.Cluster.Time.Advance(TranscriptResolver.WaitLimit);
            return Task.FromResult(first.IsCompleted);
        });
        (await first).ShouldBeNull();
        (await Resolve("a")).ShouldBeNull("the limit counts from the start of the recognition");
        gate.SetResult();
        await GrainCluster.Until(async () => (await _bench.Prompt("a").Get())!.Transcript is not null);
        (await Resolve("a")).ShouldBe("Heard words.");
        _bench.Recognizer.Calls.ShouldBe(1);
    }

    private Task Upload(string id, double hertz = 220) => _bench.Intake.Store(id, WaveReader.Tone(1, hertz: hertz), default);

    private async Task<string?> Resolve(string id)
    {
        var prompt = (await _bench.Prompt(id).Get())!;
        return (await _bench.Get<TranscriptResolver>().Resolve(null, prompt, default))?.Text;
    }
}
