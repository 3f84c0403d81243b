namespace DiaOrleans.Inference.Serving;

/// <summary>A call with what was worked out when it was admitted.</summary>
internal sealed record QueuedCall(SpeechRun Run, int[] TextIds, int MaxFrames, double PredictedSeconds)
{
    private int _ended;

    /// <summary>What the codec gets of it; null where no codec is wanted.</summary>
    public CallWindows? Windows { get; init; }

    /// <summary>True for the first to say that the call has ended, however it did: decoder, codec and client may all end it.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;
}
