using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Speech recognition with results that the test sets.</summary>
internal sealed class FakeRecognizer : ISiloRecognizer
{
    private int _calls;
    private int _fetches;
    private int _stopped;

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

    /// <summary>Recognitions that were cancelled.</summary>
    public int Stopped => _stopped;

    /// <summary>Number of samples of the last call.</summary>
    public int Samples { get; private set; }

    public string? Loaded { get; private set; }

    /// <summary>Recognitions and fetches wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public RecognizerReport Report() => new(((string[])["tiny", "base"]).ToDictionary(size => size, StatusOf));

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

    public async Task<RecognizedSpeech> Recognize(float[] samples, string modelSize, bool asked, CancellationToken cancellationToken)
    {
        var failure = Failure;
        Interlocked.Increment(ref _calls);
        Samples = samples.Length;
        using var stopped = cancellationToken.Register(() => Interlocked.Increment(ref _stopped));
        await Gate.WaitAsync(cancellationToken);
        if (failure is not null && Available) throw failure;
        await Load(modelSize, cancellationToken);
        return new RecognizedSpeech(TextFor?.Invoke(samples.Length) ?? Text, Spans);
    }

    private RecognizerStatus StatusOf(string size) => new(
        Available,
        Available && (OnDisk || FetchesUnasked),
        Available && OnDisk,
        Loaded == size,
        Available ? $"The fake model {size}." : "There is no fake model.");
}
