using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// What happens to admitted work, in order: <see cref="Started"/>, then <see cref="CodesMade"/> and <see cref="SamplesMade"/>, then one
/// of <see cref="Completed"/> and <see cref="Failed"/>. Work that fails early has no other event. The codes of a frame come before its
/// samples.
/// </summary>
public abstract record EngineEvent
{
    private EngineEvent()
    {
    }

    /// <summary>The engine works on it.</summary>
    public sealed record Started : EngineEvent;

    /// <summary>New frames.</summary>
    /// <param name="FirstFrame">
    /// Number of the first of them, from 0; frames of a prompt do not count, those of an earlier run do.
    /// </param>
    /// <param name="Codes">[frames, channels].</param>
    public sealed record CodesMade(int FirstFrame, CodeGrid Codes) : EngineEvent;

    /// <summary>The next samples of the new frames.</summary>
    /// <param name="Samples">Mono, -1 to 1, at the model's rate; at most <see cref="EngineRun.MaxSamplesPerEvent"/>.</param>
    public sealed record SamplesMade(float[] Samples) : EngineEvent;

    /// <summary>The work is done: all its codes and samples were reported.</summary>
    /// <param name="Frames">New frames in all, those of an earlier run included.</param>
    /// <param name="EndedByItself">False if the limit of frames ended it.</param>
    public sealed record Completed(int Frames, bool EndedByItself) : EngineEvent;

    /// <summary>The work ended before it was done.</summary>
    /// <param name="Cause">An <see cref="OperationCanceledException"/> if it was stopped.</param>
    public sealed record Failed(Exception Cause) : EngineEvent;
}
