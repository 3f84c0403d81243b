namespace DiaOrleans.Abstractions.Workers;

/// <summary>One call of the model.</summary>
[GenerateSerializer, Immutable, Alias("dia.speech-work")]
public sealed record SpeechWork
{
    /// <summary>Names the work; a second submission of it is not run again.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>Text for the model: cleaned and tagged.</summary>
    [Id(1)] public required string Text { get; init; }

    /// <summary>The most new frames.</summary>
    [Id(2)] public required int MaxFrames { get; init; }

    /// <summary>Never drawn here: the job has drawn it where the client sent none.</summary>
    [Id(3)] public required long Seed { get; init; }

    /// <summary>Guidance scale s of cond + s (cond - uncond).</summary>
    [Id(4)] public required double Guidance { get; init; }

    /// <summary>Sampling temperature.</summary>
    [Id(5)] public required double Temperature { get; init; }

    /// <summary>Nucleus mass, above 0, at most 1.</summary>
    [Id(6)] public required double TopP { get; init; }
}

/// <summary>A worker's answer to a submission.</summary>
public enum WorkOutcome
{
    /// <summary>It will run.</summary>
    Accepted,

    /// <summary>The bound of waiting work is reached.</summary>
    Busy,

    /// <summary>No model, or draining.</summary>
    Unavailable,

    /// <summary>The model cannot serve it.</summary>
    Rejected,
}

/// <summary>What became of a submission.</summary>
[GenerateSerializer, Immutable, Alias("dia.work-admission")]
public sealed record WorkAdmission(
    [property: Id(0)] WorkOutcome Outcome,
    [property: Id(1)] string? Reason = null,
    [property: Id(2)] TimeSpan? RetryAfter = null);

/// <summary>Where submitted work stands.</summary>
public enum WorkState
{
    /// <summary>Unknown here: never submitted, released, or lost with its silo.</summary>
    Unknown,

    /// <summary>Admitted, waiting for a slot.</summary>
    Waiting,

    /// <summary>In a slot.</summary>
    Running,

    /// <summary>Its samples can be read.</summary>
    Completed,

    /// <summary><see cref="WorkProgress.Error"/> says why.</summary>
    Failed,
}

/// <summary>Work as it stands now.</summary>
[GenerateSerializer, Immutable, Alias("dia.work-progress")]
public sealed record WorkProgress(
    [property: Id(0)] WorkState State,
    [property: Id(1)] int Frames = 0,
    [property: Id(2)] int SampleRate = 0,
    [property: Id(3)] long Samples = 0,
    [property: Id(4)] string? Error = null);
