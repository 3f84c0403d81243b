using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Speech recognition with results that the test sets.</summary>
internal sealed class FakeRecognizer : ISpeechRecognizer
{
    private int _calls;
    private int _fetches;

    public bool Available { get; set; } = true;

    /// <summary>True if a missing model is downloaded without a client's request.</summary>
    public bool FetchesUnasked { get; set; } = true;

    /// <summary>True if the model is on disk; a fetch sets it.</summary>
    public bool OnDisk { get; set; } = true;

    public string Text { get; set; } = "Heard words.";

    /// <summary>The text for a number of samples, in place of <see cref="Text"/>.</summary>
    public Func<int, string>? TextFor { get; set; }

    public IReadOnlyList<TranscriptSpan> Spans { get; set; } = [];

    public Exception? Failure { get; set; }

    public int Calls => _calls;

    public int Fetches => _fetches;

    /// <summary>Number of samples of the last call.</summary>
    public int Samples { get; private set; }

    public string? Loaded { get; private set; }

    /// <summary>Recognitions and fetches wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public RecognizerStatus GetStatus(string modelSize) =>
        new(Available, Available && (OnDisk || FetchesUnasked), Available && OnDisk, Loaded == modelSize);

    public string Describe(string modelSize) => Available ? $"The fake model {modelSize}." : "There is no fake model.";

    public async Task Fetch(string modelSize, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fetches);
        await Gate.WaitAsync(cancellationToken);
        if (Failure is { } failure) throw failure;
        OnDisk = true;
    }

    public Task Load(string modelSize, CancellationToken cancellationToken)
    {
        if (!Available) throw new RecognizerUnavailableException("It is not available.");
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
        return new RecognizedSpeech(TextFor?.Invoke(samples.Length) ?? Text, Spans);
    }
}
