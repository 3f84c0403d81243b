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

    /// <summary>Codes of a recording to continue, or null; its transcript then stands in front of <see cref="Text"/>.</summary>
    [Id(7)] public AudioCodes? Prompt { get; init; }

    /// <summary>Who goes first where slots are scarce.</summary>
    [Id(8)] public WorkPriority Priority { get; init; } = WorkPriority.Waiting;
}

/// <summary>DAC codes, frame by frame.</summary>
/// <param name="Cells">[frames, channels], row-major, each 0 to 1023.</param>
/// <param name="Channels">Codebooks.</param>
[GenerateSerializer, Immutable, Alias("dia.audio-codes")]
public sealed record AudioCodes([property: Id(0)] short[] Cells, [property: Id(1)] int Channels)
{
    /// <summary>Frames.</summary>
    public int Frames => Cells.Length / Channels;
}

/// <summary>Who goes first where slots are scarce; nobody starves.</summary>
public enum WorkPriority
{
    /// <summary>A client listens already.</summary>
    Live,

    /// <summary>A client waits for the whole.</summary>
    Waiting,

    /// <summary>A background job.</summary>
    Background,
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

    /// <summary>The model is on its way to memory: offer it again.</summary>
    Loading,
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

    /// <summary>Admitted, waiting for its turn.</summary>
    Waiting,

    /// <summary>In a slot, or being encoded.</summary>
    Running,

    /// <summary>All its samples, or its codes, can be read.</summary>
    Completed,

    /// <summary><see cref="WorkProgress.Error"/> says why.</summary>
    Failed,
}

/// <summary>Work as it stands now.</summary>
[GenerateSerializer, Immutable, Alias("dia.work-progress")]
public sealed record WorkProgress
{
    /// <summary>Where it stands.</summary>
    [Id(0)] public required WorkState State { get; init; }

    /// <summary>New frames so far; of a recording, all of them at its end.</summary>
    [Id(1)] public int Frames { get; init; }

    /// <summary>Hz of the samples; 0 where there are none to come.</summary>
    [Id(2)] public int SampleRate { get; init; }

    /// <summary>Samples that can be read so far.</summary>
    [Id(3)] public long Samples { get; init; }

    /// <summary>A sentence, where failed.</summary>
    [Id(4)] public string? Error { get; init; }

    /// <summary>False where the frame cap ended it; true before its end.</summary>
    [Id(5)] public bool EndedByItself { get; init; } = true;
}
