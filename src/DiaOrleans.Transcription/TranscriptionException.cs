namespace DiaOrleans.Transcription;

/// <summary>A model cannot be loaded, or recognition failed.</summary>
/// <param name="message">A sentence that names the failure.</param>
/// <param name="cause">The underlying error.</param>
public sealed class TranscriptionException(string message, Exception cause) : Exception(message, cause);
