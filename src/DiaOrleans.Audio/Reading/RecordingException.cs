namespace DiaOrleans.Audio.Reading;

/// <summary>The reason why a recording cannot be used.</summary>
public enum RecordingProblem
{
    /// <summary>No available decoder supports it.</summary>
    Unreadable,

    /// <summary>It holds no samples.</summary>
    Empty,

    /// <summary>It is longer than the limit.</summary>
    TooLong,
}

/// <summary>A recording cannot be used.</summary>
/// <param name="problem">The reason.</param>
/// <param name="message">A short sentence for the client that sent the recording.</param>
/// <param name="cause">The underlying error, if there is one.</param>
public sealed class RecordingException(RecordingProblem problem, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The reason.</summary>
    public RecordingProblem Problem => problem;
}
