namespace DiaOrleans.Inference.Checkpoints;

/// <summary>A checkpoint that cannot be used.</summary>
/// <param name="message">The file and what is wrong; a message that quotes a long part of a file is cut.</param>
/// <param name="inner">The cause, or null.</param>
public sealed class CheckpointException(string message, Exception? inner = null) : Exception(Shorten(message), inner)
{
    private const int MaxLength = 2000;

    private static string Shorten(string message) => message.Length <= MaxLength ? message : message[..MaxLength] + "…";
}
