using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class SpeechRunTests
{
    private readonly SpeechRun _run = new(new SpeechCall { Text = "a", MaxFrames = 1, Seed = 0 });

    [Fact]
    public async Task Each_reader_gets_all_samples_from_the_first_on_as_they_come()
    {
        await using var early = _run.ReadSamples(CancellationToken.None).GetAsyncEnumerator();
        var next = early.MoveNextAsync();
        next.IsCompleted.ShouldBeFalse();
        _run.Append([1, 2]);
        (await next).ShouldBeTrue();
        early.Current.ShouldBe([1, 2]);
        next = early.MoveNextAsync();
        next.IsCompleted.ShouldBeFalse();
        _run.Append([3]);
        _run.SamplesReady.ShouldBe(3);
        (await next).ShouldBeTrue();
        _run.Complete(Clip([1, 2, 3]));
        (await early.MoveNextAsync()).ShouldBeFalse();
        for (var i = 0; i < 2; i++) (await _run.ReadSamples(CancellationToken.None).ToListAsync()).SelectMany(c => c).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Completing_makes_the_rest_of_the_clip_readable()
    {
        _run.Append([1]);
        _run.Complete(Clip([1, 2, 3]));
        _run.SamplesReady.ShouldBe(3);
        (await _run.ReadSamples(CancellationToken.None).ToListAsync()).SelectMany(c => c).ShouldBe([1, 2, 3]);
        _run.Codes!.Rows.ShouldBe(1);
    }

    [Fact]
    public async Task A_reader_hears_of_a_failure_after_what_was_made_before_it()
    {
        _run.Append([1]);
        var read = new List<float>();
        _run.Fail(new InvalidDataException("broken"));
        _run.Append([2]);
        await Should.ThrowAsync<InvalidDataException>(Read());
        read.ShouldBe([1]);

        async Task Read()
        {
            await foreach (var chunk in _run.ReadSamples(CancellationToken.None)) read.AddRange(chunk);
        }
    }

    [Fact]
    public async Task A_reader_that_gives_up_does_not_disturb_the_run()
    {
        using var stop = new CancellationTokenSource();
        var reading = _run.ReadSamples(stop.Token).ToListAsync().AsTask();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);
        _run.Stop.IsCancellationRequested.ShouldBeFalse();
    }

    private static SpeechClip Clip(float[] samples) => new(samples, 16000, new CodeGrid(1, 9), true);
}
