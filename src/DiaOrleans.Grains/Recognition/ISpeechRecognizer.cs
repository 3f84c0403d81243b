using DiaOrleans.Abstractions.Prompts;

namespace DiaOrleans.Grains.Recognition;

/// <summary>Speech recognition: turns recordings into text.</summary>
public interface ISpeechRecognizer
{
    /// <summary>The state of speech recognition with a model of this size. Does not block.</summary>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    RecognizerStatus GetStatus(string modelSize);

    /// <summary>That state in a sentence for people, without paths and addresses. Does not block.</summary>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    string Describe(string modelSize);

    /// <summary>Downloads the model if it is missing and downloads are on; returns when it is on disk.</summary>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    /// <exception cref="RecognizerUnavailableException">The model is not on disk and downloads are off.</exception>
    /// <exception cref="RecognitionException">The size is unknown, the download failed, or the file is damaged.</exception>
    Task Fetch(string modelSize, CancellationToken cancellationToken);

    /// <summary>Loads the model in place of a loaded model of another size; downloads it first as <see cref="Fetch"/> does.</summary>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    /// <param name="cancellationToken">Stops the download and the load.</param>
    /// <exception cref="RecognizerUnavailableException">The size is unknown, or the model is not on disk and downloads are off.</exception>
    /// <exception cref="RecognitionException">The model does not load, or its download failed.</exception>
    Task Load(string modelSize, CancellationToken cancellationToken);

    /// <summary>Recognises the words of a recording in any language; loads the model first if necessary.</summary>
    /// <param name="samples">Mono, -1 to 1, at 16 000 Hz.</param>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    /// <param name="cancellationToken">Stops the recognition.</param>
    /// <exception cref="RecognizerUnavailableException">The model is not on disk and downloads are off.</exception>
    /// <exception cref="RecognitionException">The recognition failed, or the size is unknown.</exception>
    Task<RecognizedSpeech> Recognize(ReadOnlyMemory<float> samples, string modelSize, CancellationToken cancellationToken);
}

/// <summary>The state of speech recognition with a model of one size.</summary>
/// <param name="Available">The model is on disk, or a client's request for a transcription may download it.</param>
/// <param name="AvailableUnasked">The model is on disk, or may be downloaded without such a request.</param>
/// <param name="OnDisk">The model is on disk.</param>
/// <param name="ModelLoaded">The model is loaded.</param>
public readonly record struct RecognizerStatus(bool Available, bool AvailableUnasked, bool OnDisk, bool ModelLoaded);

/// <summary>The recognised words of a recording.</summary>
/// <param name="Text">The words as <see cref="TranscriptText.Tidy"/> writes them.</param>
/// <param name="Spans">The times of the words.</param>
public sealed record RecognizedSpeech(string Text, IReadOnlyList<TranscriptSpan> Spans);

/// <summary>Speech recognition is not available.</summary>
/// <param name="message">What is missing.</param>
public sealed class RecognizerUnavailableException(string message) : Exception(message);

/// <summary>Speech recognition failed.</summary>
/// <param name="message">Why.</param>
/// <param name="cause">The underlying exception, or null.</param>
public sealed class RecognitionException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What the failure depends on.</summary>
    public RecognitionFault Fault { get; init; }
}

/// <summary>What a failure of speech recognition depends on: an attempt with another one may succeed.</summary>
public enum RecognitionFault
{
    /// <summary>The recording.</summary>
    Recording,

    /// <summary>The model: its size is unknown, its file damaged, or it does not load.</summary>
    Model,

    /// <summary>The download of the model.</summary>
    Download,
}
