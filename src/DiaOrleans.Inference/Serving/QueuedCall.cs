using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>An admitted call with what its admission computed.</summary>
/// <param name="Run">The run that the client follows.</param>
/// <param name="Request">What the decoder gets.</param>
/// <param name="Windows">Cuts the call's frames into windows for the codec.</param>
/// <param name="PredictedSeconds">Predicted seconds of audio.</param>
internal sealed record QueuedCall(SpeechRun Run, DecodeRequest Request, CallWindows Windows, double PredictedSeconds)
{
    private int _ended;

    /// <summary>True for the first caller: decoder, codec and client can each end a call.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;
}
