using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Receives what the engine's threads do with admitted calls. Each method returns soon: it runs on the thread that calls it.
/// </summary>
internal interface ICallObserver
{
    /// <summary>The decoder has appended a row to a call's grid. The grid changes with the next row, unless it is finished.</summary>
    void Decoded(QueuedCall call, SpeechGrid grid);

    /// <summary>All samples of a call have been appended to its run.</summary>
    void Finished(QueuedCall call, SpeechGrid grid);

    /// <summary>A call was stopped, or its decoding failed. A call may fail more than once.</summary>
    void Failed(QueuedCall call, Exception cause);
}
