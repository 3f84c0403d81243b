using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Hears what the test says.</summary>
internal sealed class FakeRecognizer : ISpeechRecognizer
{
    private int _calls;
    private int _fetches;

    public bool Available { get; set; } = true;

    /// <summary>A missing model is fetched without a client's asking.</summary>
    public bool FetchesUnasked { get; set; } = true;

    /// <summary>The model's file is there; a fetch brings it.</summary>
    public bool OnDisk { get; set; } = true;

    public string Text { get; set; } = "Heard words.";

    /// <summary>What recordings of so many samples say, instead.</summary>
    public Func<int, string>? Says { get; set; }

    public IReadOnlyList<TranscriptSpan> Spans { get; set; } = [];

    public Exception? Failure { get; set; }

    public int Calls => _calls;

    public int Fetches => _fetches;

    /// <summary>Samples of the last call.</summary>
    public int Samples { get; private set; }

    public string? Loaded { get; private set; }

    /// <summary>Recognition waits for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public RecognizerStatus GetStatus(string modelSize) => new(Available, Available && (OnDisk || FetchesUnasked), Available && OnDisk, Loaded == modelSize);

    public async Task Fetch(string modelSize, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fetches);
        await Gate.WaitAsync(cancellationToken);
        if (Failure is { } failure) throw failure;
        OnDisk = true;
    }

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
        return new RecognizedSpeech(Says?.Invoke(samples.Length) ?? Text, Spans);
    }
}
