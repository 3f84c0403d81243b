using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
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
    public async Task A_model_that_is_missing_is_fetched_once_in_the_background_while_nobody_waits()
    {
        var gate = new TaskCompletionSource();
        (_bench.Recognizer.OnDisk, _bench.Recognizer.Gate) = (false, gate.Task);
        await Upload("a");
        await Upload("b");
        foreach (var id in (string[])["a", "a", "b"]) (await Words(id)).ShouldBeNull();
        await GrainCluster.Until(() => Task.FromResult(_bench.Recognizer.Fetches > 0));
        gate.SetResult();
        await GrainCluster.Until(() => Task.FromResult(_bench.Recognizer.OnDisk));
        (_bench.Recognizer.Fetches, _bench.Recognizer.Calls).ShouldBe((1, 0));
        (await Words("a")).ShouldBe("Heard words.");
    }

    [Fact]
    public async Task A_model_that_is_missing_is_not_fetched_where_that_needs_a_clients_asking()
    {
        (_bench.Recognizer.OnDisk, _bench.Recognizer.FetchesUnasked) = (false, false);
        await Upload("a");
        (await Words("a")).ShouldBeNull();
        (_bench.Recognizer.Fetches, _bench.Recognizer.Calls).ShouldBe((0, 0));
        (await _bench.Transcripts.Transcribe("a", default))!.Transcript!.Text.ShouldBe("Heard words.");
    }

    [Fact]
    public async Task A_fetch_that_failed_is_tried_again_only_after_a_while()
    {
        _bench.Recognizer.OnDisk = false;
        _bench.Recognizer.Failure = new RecognitionException("Unreachable.") { Fault = RecognitionFault.Download };
        await Upload("a");
        (await Words("a")).ShouldBeNull();
        await GrainCluster.Until(() => Task.FromResult(_bench.Get<RecognitionFailures>().Remembers(RecognitionFault.Download, "base")));
        (await Words("a")).ShouldBeNull();
        _bench.Recognizer.Fetches.ShouldBe(1);
        _bench.Cluster.Time.Advance(RecognitionFailures.Memory);
        await GrainCluster.Until(async () =>
        {
            (await Words("a")).ShouldBeNull();
            return _bench.Recognizer.Fetches == 2;
        });
    }

    [Theory]
    [InlineData(RecognitionFault.Recording, 2)]
    [InlineData(RecognitionFault.Model, 1)]
    public async Task A_recognition_that_failed_is_tried_again_only_after_a_while_and_a_broken_model_on_no_other_recording_either(RecognitionFault fault, int calls)
    {
        _bench.Recognizer.Failure = new RecognitionException("Broken.") { Fault = fault };
        await Upload("a", 220);
        await Upload("b", 330);
        foreach (var id in (string[])["a", "a", "b", "b"]) (await Words(id)).ShouldBeNull();
        _bench.Recognizer.Calls.ShouldBe(calls);
        _bench.Recognizer.Failure = null;
        _bench.Cluster.Time.Advance(RecognitionFailures.Memory);
        (await Words("a")).ShouldBe("Heard words.");
    }

    [Fact]
    public async Task A_request_by_name_and_a_discovery_try_again_at_once()
    {
        _bench.Recognizer.Failure = new RecognitionException("Broken.") { Fault = RecognitionFault.Model };
        await Upload("a");
        (await Words("a")).ShouldBeNull();
        await Should.ThrowAsync<RecognitionException>(_bench.Transcripts.Transcribe("a", default));
        _bench.Recognizer.Calls.ShouldBe(2);
        _bench.Recognizer.Failure = null;
        (await _bench.Discovery.Discover(false, default)).Single().Transcript!.Text.ShouldBe("Heard words.");
    }

    [Fact]
    public async Task A_recognition_that_takes_long_holds_nobody_and_is_kept_for_the_next()
    {
        var gate = new TaskCompletionSource();
        _bench.Recognizer.Gate = gate.Task;
        await Upload("a");
        var first = Words("a");
        await GrainCluster.Until(() => Task.FromResult(_bench.Recognizer.Calls == 1));
        await Task.Yield();
        first.IsCompleted.ShouldBeFalse();
        await GrainCluster.Until(() =>
        {
            _bench.Cluster.Time.Advance(TranscriptResolver.LongestWait);
            return Task.FromResult(first.IsCompleted);
        });
        (await first).ShouldBeNull();
        (await Words("a")).ShouldBeNull("what began so long ago is not waited for again");
        gate.SetResult();
        await GrainCluster.Until(async () => (await _bench.Prompt("a").Get())!.Transcript is not null);
        (await Words("a")).ShouldBe("Heard words.");
        _bench.Recognizer.Calls.ShouldBe(1);
    }

    private Task Upload(string id, double hertz = 220) => _bench.Intake.Store(id, WaveReader.Tone(1, hertz: hertz), default);

    private async Task<string?> Words(string id) => (await _bench.Get<TranscriptResolver>().Of(null, (await _bench.Prompt(id).Get())!, default))?.Text;
}
