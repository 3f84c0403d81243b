namespace DiaOrleans.Grains.Jobs.Running;

/// <summary>What a run reports to its runner at its end.</summary>
internal readonly record struct RunResult
{
    /// <summary>The job has ended.</summary>
    public static readonly RunResult Done = new() { HasEnded = true };

    /// <summary>The run was stopped: its job was cancelled or leased again, or the server stops.</summary>
    public static readonly RunResult Stopped = default;

    public bool HasEnded { get; private init; }

    /// <summary>How long the runner takes no further job.</summary>
    public TimeSpan Pause { get; private init; }

    /// <summary>The fault for which the job is run again later; null if there was none.</summary>
    public Exception? TransientFault { get; private init; }

    /// <summary>The workers refused the job because they are busy.</summary>
    public static RunResult Busy(TimeSpan pause) => new() { Pause = pause };

    /// <summary>The run failed for a reason that may pass.</summary>
    public static RunResult Faulted(Exception transientFault) => new() { TransientFault = transientFault };
}
