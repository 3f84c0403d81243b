namespace DiaOrleans.Grains.Jobs;

/// <summary>What a run tells its runner when it is over.</summary>
internal readonly record struct RunResult
{
    /// <summary>The job has ended.</summary>
    public static readonly RunResult Done = new() { HasEnded = true };

    /// <summary>The run was stopped: its job was cancelled or overtaken, or the server stops.</summary>
    public static readonly RunResult Stopped = default;

    public bool HasEnded { get; private init; }

    /// <summary>How long to take no other job.</summary>
    public TimeSpan Pause { get; private init; }

    /// <summary>A passing fault, for which the job is tried again.</summary>
    public Exception? Trouble { get; private init; }

    /// <summary>The workers had no room.</summary>
    public static RunResult Busy(TimeSpan pause) => new() { Pause = pause };

    public static RunResult Troubled(Exception cause) => new() { Trouble = cause };
}
