namespace DiaOrleans.Inference.Serving;

/// <summary>A call that an engine has admitted.</summary>
/// <param name="call">The call.</param>
/// <param name="stop">Stops it.</param>
public sealed class SpeechRun(SpeechCall call, CancellationToken stop = default) : EngineRun(stop, call.Made?.Rows ?? 0)
{
    /// <summary>What is to be spoken, and how.</summary>
    public SpeechCall Call => call;
}
