using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class PromptReaderTests
{
    [Fact]
    public async Task A_file_that_takes_for_ever_is_given_up_and_the_next_is_decoded()
    {
        var (time, stuck) = (new FakeTimeProvider(), new StuckReader());
        var reader = new PromptReader(stuck, new MemoryBlobs(), time);
        var odd = Enumerable.Range(0, 5).Select(_ => reader.DecodeFile(new byte[1], default)).ToArray();
        await stuck.Began.Task;
        time.Advance(PromptReader.LongestRead);
        foreach (var file in odd) (await Should.ThrowAsync<RecordingException>(file)).Message.ShouldBe("Decoding it takes too long.");
        (await reader.DecodeFile(WaveReader.Tone(1), default)).Duration.TotalSeconds.ShouldBe(1);
        stuck.End.Set();
    }

    [Fact]
    public async Task Who_gives_up_is_not_told_that_it_takes_too_long()
    {
        var stuck = new StuckReader();
        using var stop = new CancellationTokenSource();
        var reading = new PromptReader(stuck, new MemoryBlobs(), new FakeTimeProvider()).DecodeFile(new byte[1], stop.Token);
        await stuck.Began.Task;
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);
        stuck.End.Set();
    }

    /// <summary>Does not hear of cancellation, as native code.</summary>
    private sealed class StuckReader : IRecordingReader
    {
        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim End { get; } = new();

        public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default)
        {
            if (file.Length > 1) return new WaveReader().Read(file, limits, cancellationToken);
            Began.TrySetResult();
            End.Wait(CancellationToken.None);
            throw new RecordingException(RecordingProblem.Unreadable, "Odd.");
        }
    }
}
