using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Rendering;

/// <summary>From a request to encoded audio: voice, text, segments, calls of the model, speed, rate and format. Knows nothing of who waits for it.</summary>
public interface ISpeechRenderer
{
    /// <summary>
    /// Resolves the voice, prepares the text and offers the first segment to the workers, which admit or refuse it at once; while a model loads it waits for it,
    /// 30 s at most. Where admitted, <see cref="RenderStart.Rendering"/> must be disposed: that frees the slot, whatever state it is in.
    /// </summary>
    /// <param name="id">Names the rendering and its entry in the generation log.</param>
    /// <param name="request">What the client asked.</param>
    /// <param name="priority">Who goes first where slots are scarce.</param>
    /// <param name="stop">Ends waiting for a model.</param>
    Task<RenderStart> Start(Guid id, SpeechRequest request, WorkPriority priority, CancellationToken stop);
}

/// <summary>The answer at the door, and the rendering where admitted.</summary>
public sealed record RenderStart(SpeechAdmission Admission, ISpeechRendering? Rendering = null);

/// <summary>An admitted request on its way to audio.</summary>
public interface ISpeechRendering : IAsyncDisposable
{
    /// <summary>The cleaned and tagged text.</summary>
    string ProcessedText { get; }

    /// <summary>Whether a recording is continued.</summary>
    bool AudioPromptUsed { get; }

    /// <summary>Ends when a slot decodes the first segment.</summary>
    Task Started { get; }

    /// <summary>Text ids given to the model so far.</summary>
    int InputTokens { get; }

    /// <summary>New frames so far.</summary>
    int OutputTokens { get; }

    /// <summary>Where the saved output is, once <see cref="Read"/> has ended and where the configuration wants it saved; else null.</summary>
    SavedOutput? Saved { get; }

    /// <summary>
    /// The encoded audio, as it is made where <see cref="SpeechRequest.Streamed"/> asks so, else all at the end. The log entry is written before the last chunk.
    /// May be called once.
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
/// <param name="cause">What happened.</param>
/// <param name="passing">The same request may succeed elsewhere or later: a worker was lost.</param>
public sealed class RenderException(string message, Exception? cause = null, bool passing = false) : Exception(message, cause)
{
    /// <summary>Whether the same request may succeed elsewhere or later.</summary>
    public bool Passing => passing;
}
