using DiaOrleans.Abstractions.Recognition;

namespace DiaOrleans.Grains.Recognition;

/// <summary>Speech recognition: turns recordings into text. The registered one uses all silos of the cluster that recognise.</summary>
public interface ISpeechRecognizer
{
    /// <summary>The state of speech recognition with a model of this size.</summary>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    Task<RecognizerStatus> GetStatus(string modelSize);

    /// <summary>
    /// Downloads the model if it is missing and may be downloaded without a client's request; returns when it is on disk.
    /// </summary>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    /// <exception cref="RecognizerUnavailableException">The model is not on disk and is not downloaded unasked.</exception>
    /// <exception cref="RecognitionException">The size is unknown, the download failed, or the file is damaged.</exception>
    Task Fetch(string modelSize, CancellationToken cancellationToken);

    /// <summary>
    /// Loads the model at a client's request, in place of a loaded model of another size; downloads it first if it is missing.
    /// </summary>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    /// <param name="cancellationToken">Stops the download and the load.</param>
    /// <exception cref="RecognizerUnavailableException">The size is unknown, or the model is not on disk and downloads are off.</exception>
    /// <exception cref="RecognitionException">The model does not load, or its download failed.</exception>
    Task Load(string modelSize, CancellationToken cancellationToken);

    /// <summary>Recognises the words of a recording in any language; loads the model first if necessary.</summary>
    /// <param name="samples">Mono, -1 to 1, at 16 000 Hz.</param>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    /// <param name="asked">True if a client asks for the transcription: then a missing model may be downloaded by default.</param>
    /// <param name="cancellationToken">Stops the recognition.</param>
    /// <exception cref="RecognizerUnavailableException">The model is not on disk and is not downloaded.</exception>
    /// <exception cref="RecognitionException">The recognition failed, or the size is unknown.</exception>
    Task<RecognizedSpeech> Recognize(float[] samples, string modelSize, bool asked, CancellationToken cancellationToken);
}

/// <summary>Speech recognition of this silo alone.</summary>
public interface ISiloRecognizer : ISpeechRecognizer
{
    /// <summary>The state of now. Does not block.</summary>
    RecognizerReport Report();

    /// <inheritdoc/>
    Task<RecognizerStatus> ISpeechRecognizer.GetStatus(string modelSize) => Task.FromResult(Report().Find(modelSize));
}

/// <summary>Speech recognition is not available.</summary>
/// <param name="message">What is missing.</param>
public sealed class RecognizerUnavailableException(string message) : Exception(message)
{
    /// <summary>When to try again; null if that does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>Speech recognition failed.</summary>
/// <param name="message">Why.</param>
/// <param name="cause">The underlying exception, or null.</param>
public sealed class RecognitionException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What the failure depends on.</summary>
    public RecognitionFault Fault { get; init; }
}
