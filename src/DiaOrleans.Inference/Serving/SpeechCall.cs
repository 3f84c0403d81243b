namespace DiaOrleans.Inference.Serving;

/// <summary>One call of the model.</summary>
public sealed record SpeechCall
{
    /// <summary>Text for the model, cleaned and tagged; where there is a prompt, its transcript first.</summary>
    public required string Text { get; init; }

    /// <summary>The most new frames; capped by the model's own rows.</summary>
    public required int MaxFrames { get; init; }

    /// <summary>Any value; equal seeds give equal codes.</summary>
    public required long Seed { get; init; }

    /// <summary>Guidance and sampling; null takes the model's defaults.</summary>
    public Decoding.SamplingSettings? Sampling { get; init; }

    /// <summary>Codes of a recording to continue, or null.</summary>
    public Decoding.CodeGrid? Prompt { get; init; }
}

/// <summary>What a call made.</summary>
/// <param name="Samples">Mono, -1 to 1, at <paramref name="SampleRate"/>; the prompt is not in it.</param>
/// <param name="SampleRate">Hz, of the codec.</param>
/// <param name="Codes">The frames' codes, prompt excluded.</param>
/// <param name="EndedByItself">False where the frame cap ended it.</param>
public sealed record SpeechClip(float[] Samples, int SampleRate, Decoding.CodeGrid Codes, bool EndedByItself);

/// <summary>A call that an engine has admitted.</summary>
public sealed class SpeechRun(SpeechCall call, CancellationToken stop = default)
{
    private readonly TaskCompletionSource<SpeechClip> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private int _frames;
    private int _started;

    /// <summary>What was asked.</summary>
    public SpeechCall Call => call;

    /// <summary>Ends when the call has: with its clip, cancelled, or with the exception that ended it.</summary>
    public Task<SpeechClip> Completion => _done.Task;

    /// <summary>New frames so far.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>True once a slot decodes it.</summary>
    public bool Started => Volatile.Read(ref _started) != 0;

    /// <summary>Set when the client wants no more; the engine frees the slot within a step.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Asks the engine to stop.</summary>
    public void Cancel() => _stop.Cancel();

    /// <summary>Called by engines.</summary>
    public void Report(int frames)
    {
        Volatile.Write(ref _started, 1);
        Volatile.Write(ref _frames, frames);
    }

    /// <summary>Called by engines.</summary>
    public void Complete(SpeechClip clip) => _done.TrySetResult(clip);

    /// <summary>Called by engines.</summary>
    public void Fail(Exception cause)
    {
        if (cause is OperationCanceledException) _done.TrySetCanceled();
        else _done.TrySetException(cause);
    }
}
