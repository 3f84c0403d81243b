using DiaOrleans.Abstractions.Prompts;

namespace DiaOrleans.Grains.Recognition;

/// <summary>Turns recordings into text. Where speech recognition is not built in, or has no model, it says so and refuses.</summary>
public interface ISpeechRecognizer
{
    /// <summary>Answers at once.</summary>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    RecognizerStatus GetStatus(string modelSize);

    /// <summary>Downloads the model where it is missing and downloads are on; returns once it is on disk.</summary>
    /// <exception cref="RecognizerUnavailableException">Not built in, or no model of that size on disk and downloads are off.</exception>
    /// <exception cref="RecognitionException">The size is unknown, the download failed, or the file is damaged.</exception>
    Task Fetch(string modelSize, CancellationToken cancellationToken);

    /// <summary>Loads the model, downloading it first where that is allowed; returns at once where it is loaded. Another size than the loaded one replaces it.</summary>
    /// <exception cref="RecognizerUnavailableException">Not built in, no model of that size on disk and downloads are off, or the size is unknown.</exception>
    /// <exception cref="RecognitionException">The model does not load, or was not downloaded.</exception>
    Task Load(string modelSize, CancellationToken cancellationToken);

    /// <summary>What a recording says, its language found by itself; loads the model where needed.</summary>
    /// <param name="samples">Mono, -1 to 1, at 16 000 Hz.</param>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    /// <param name="cancellationToken">Stops the recognition.</param>
    /// <exception cref="RecognizerUnavailableException">Not built in, or no model of that size on disk and downloads are off.</exception>
    /// <exception cref="RecognitionException">It failed, or the size is unknown.</exception>
    Task<RecognizedSpeech> Recognize(ReadOnlyMemory<float> samples, string modelSize, CancellationToken cancellationToken);
}

/// <summary>Whether recordings can be recognised.</summary>
/// <param name="Available">Built in, and a model of that size on disk or to be downloaded if a client asks.</param>
/// <param name="AvailableUnasked">The same for a recording that waits for its transcript while no client asks.</param>
/// <param name="OnDisk">Available without a download.</param>
/// <param name="ModelLoaded">A model of that size is loaded now.</param>
public readonly record struct RecognizerStatus(bool Available, bool AvailableUnasked, bool OnDisk, bool ModelLoaded);

/// <summary>What was heard.</summary>
/// <param name="Text">Trimmed, double spaces and the space before a full stop removed.</param>
/// <param name="Spans">When which words are said.</param>
public sealed record RecognizedSpeech(string Text, IReadOnlyList<TranscriptSpan> Spans);

/// <summary>There is no speech recognition here.</summary>
public sealed class RecognizerUnavailableException(string message) : Exception(message);

/// <summary>Speech recognition failed.</summary>
public sealed class RecognitionException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What it failed on.</summary>
    public RecognitionFault Fault { get; init; }
}

/// <summary>What speech recognition failed on: another recording, or another attempt later, may do better.</summary>
public enum RecognitionFault
{
    /// <summary>This recording.</summary>
    Recording,

    /// <summary>The model: its size is unknown, its file damaged, or it does not load.</summary>
    Model,

    /// <summary>The download of the model.</summary>
    Download,
}
