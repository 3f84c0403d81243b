namespace DiaOrleans.Transcription;

/// <summary>A model does not load, or recognition failed.</summary>
public sealed class TranscriptionException(string message, Exception cause) : Exception(message, cause);
