using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class PromptReaderTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StuckReader _stuck = new();

    [Fact]
    public async Task Files_whose_decoding_does_not_end_are_abandoned_and_the_next_file_is_decoded()
    {
        var reader = new PromptReader(_stuck, new MemoryBlobs(), _time);
        var endless = Enumerable.Range(0, 5).Select(_ => reader.DecodeFile(new byte[1], default)).ToArray();
        await _stuck.Began.Task;
        _time.Advance(PromptReader.TimeLimit);
        foreach (var file in endless) (await Should.ThrowAsync<RecordingException>(file)).Message.ShouldBe("Decoding it takes too long.");
        (await reader.DecodeFile(WaveReader.Tone(1), default)).Duration.TotalSeconds.ShouldBe(1);
        _stuck.End.Set();
    }

    [Fact]
    public async Task A_cancelled_decoding_is_no_error_of_the_recording()
    {
        using var stop = new CancellationTokenSource();
        var reading = new PromptReader(_stuck, new MemoryBlobs(), _time).DecodeFile(new byte[1], stop.Token);
        await _stuck.Began.Task;
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);
        _stuck.End.Set();
    }

    /// <summary>Ignores cancellation while it decodes a file of one byte, as native code does.</summary>
    private sealed class StuckReader : IRecordingReader
    {
        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim End { get; } = new();

        public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default)
        {
            if (file.Length > 1) return new WaveReader().Read(file, limits, cancellationToken);
            Began.TrySetResult();
            End.Wait(CancellationToken.None);
            throw new RecordingException(RecordingProblem.Unreadable, "It ends.");
        }
    }
}
