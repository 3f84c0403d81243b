using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Memory;

namespace DiaOrleans.Grains.Rendering;

/// <summary>
/// Makes encoded audio of a request: voice, text, segments, calls of the model, speed, rate and format. It does not depend on who waits
/// for the audio.
/// </summary>
public interface ISpeechRenderer
{
    /// <summary>
    /// Resolves the voice, prepares the text and offers the first segment to the workers, which admit or refuse it at once. Waits up to
    /// 30 s for a model that is being loaded. If admitted, <see cref="RenderStart.Rendering"/> must be disposed of, which frees the slot
    /// in every state.
    /// </summary>
    /// <param name="id">Names the rendering and its entry in the generation log.</param>
    /// <param name="request">The request.</param>
    /// <param name="priority">Which work gets a slot first.</param>
    /// <param name="stop">Ends the waiting for a model.</param>
    /// <param name="keeping">
    /// Keeps what is made, so that another rendering of the same request goes on behind it, and the log entry; null if a client waits: then
    /// nothing is kept, and the client gets its audio even if the log entry cannot be stored.
    /// </param>
    Task<RenderStart> Start(
        Guid id,
        SpeechRequest request,
        WorkPriority priority,
        CancellationToken stop,
        IRenderKeeping? keeping = null);
}

/// <summary>The answer to a request.</summary>
/// <param name="Admission">Whether it was admitted.</param>
/// <param name="Rendering">The rendering, if admitted.</param>
public sealed record RenderStart(SpeechAdmission Admission, ISpeechRendering? Rendering = null);

/// <summary>An admitted request while its audio is made.</summary>
public interface ISpeechRendering : IAsyncDisposable
{
    /// <summary>The cleaned and tagged text.</summary>
    string ProcessedText { get; }

    /// <summary>Whether a recording is continued.</summary>
    bool AudioPromptUsed { get; }

    /// <summary>Name of the worker that speaks, such as <c>worker_1</c>.</summary>
    string WorkerName { get; }

    /// <summary>Ends when the engine works on the first segment.</summary>
    Task Started { get; }

    /// <summary>Text ids given to the model so far.</summary>
    int InputTokens { get; }

    /// <summary>New frames so far.</summary>
    int OutputTokens { get; }

    /// <summary>How much of the planned speech is made, 0 to 1, by frames.</summary>
    double Progress { get; }

    /// <summary>
    /// The codes of the segment that is being spoken, or was spoken last; null if there are none, or if an earlier rendering has made all.
    /// </summary>
    /// <param name="call">The call whose first frames are known; null for none.</param>
    /// <param name="frames">The number of these frames. They are left out.</param>
    NewCodes? NewCodes(string? call, int frames);

    /// <summary>The saved output, once <see cref="Read"/> has ended and if the configuration asks for one; else null.</summary>
    SavedOutput? Saved { get; }

    /// <summary>
    /// The encoded audio, as it is made if the request is <see cref="SpeechRequest.Streamed"/>, else all at the end. The log entry is
    /// written before the last chunk. The caller owns the chunks, for <see cref="AudioPieces.GiveBack"/>. May be called once.
    /// </summary>
    /// <exception cref="RenderException">The audio could not be made; the message is a sentence for the client.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> Read(CancellationToken stop);
}

/// <summary>A result that was kept.</summary>
/// <param name="Path">Its key in the blob store.</param>
/// <param name="Size">Bytes.</param>
public sealed record SavedOutput(string Path, long Size);

/// <summary>The audio could not be made; the message is a sentence for the client.</summary>
/// <param name="message">The sentence.</param>
/// <param name="cause">The fault behind it, or null.</param>
/// <param name="passing">The same request may succeed elsewhere or later: a worker was lost.</param>
public sealed class RenderException(string message, Exception? cause = null, bool passing = false) : Exception(message, cause)
{
    /// <summary>Whether the same request may succeed elsewhere or later.</summary>
    public bool Passing => passing;

    /// <summary>Whether the recording of the voice and its transcript do not go together.</summary>
    public bool BadTranscript { get; init; }
}
