namespace DiaOrleans.Inference.Checkpoints;

/// <summary>A checkpoint cannot be used. The message names the file, the tensor or field, what is expected and what was found.</summary>
public sealed class CheckpointException(string message, Exception? cause = null) : Exception(message, cause);
