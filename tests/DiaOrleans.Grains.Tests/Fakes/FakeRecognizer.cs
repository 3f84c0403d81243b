using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Hears what the test says.</summary>
internal sealed class FakeRecognizer : ISpeechRecognizer
{
    private int _calls;

    public bool Available { get; set; } = true;

    public string Text { get; set; } = "Heard words.";

    public IReadOnlyList<TranscriptSpan> Spans { get; set; } = [];

    public Exception? Failure { get; set; }

    public int Calls => _calls;

    /// <summary>Samples of the last call.</summary>
    public int Samples { get; private set; }

    public string? Loaded { get; private set; }

    /// <summary>Recognition waits for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public RecognizerStatus GetStatus(string modelSize) => new(Available, Loaded == modelSize);

    public Task Load(string modelSize, CancellationToken cancellationToken)
    {
        if (!Available) throw new RecognizerUnavailableException("There is none.");
        if (Failure is { } failure) throw failure;
        Loaded = modelSize;
        return Task.CompletedTask;
    }

    public async Task<RecognizedSpeech> Recognize(ReadOnlyMemory<float> samples, string modelSize, CancellationToken cancellationToken)
    {
        var failure = Failure;
        Interlocked.Increment(ref _calls);
        Samples = samples.Length;
        await Gate.WaitAsync(cancellationToken);
        if (failure is not null && Available) throw failure;
        await Load(modelSize, cancellationToken);
        return new RecognizedSpeech(Text, Spans);
    }
}
