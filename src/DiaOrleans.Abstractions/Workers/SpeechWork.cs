namespace DiaOrleans.Abstractions.Workers;

/// <summary>One call of the model.</summary>
[GenerateSerializer, Immutable, Alias("dia.speech-work")]
public sealed record SpeechWork
{
    /// <summary>Names the work; a second submission of the same id is not run again.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>
    /// Ids of the text, cleaned and tagged: UTF-8 bytes, a speaker tag one id; with a prompt, the ids of its transcript first.
    /// </summary>
    [Id(1)] public required int[] TextIds { get; init; }

    /// <summary>The most new frames.</summary>
    [Id(2)] public required int MaxFrames { get; init; }

    /// <summary>Any value; equal seeds give equal codes.</summary>
    [Id(3)] public required long Seed { get; init; }

    /// <summary>Guidance scale s of cond + s (cond - uncond).</summary>
    [Id(4)] public required double Guidance { get; init; }

    /// <summary>Sampling temperature.</summary>
    [Id(5)] public required double Temperature { get; init; }

    /// <summary>Nucleus mass, above 0, at most 1.</summary>
    [Id(6)] public required double TopP { get; init; }

    /// <summary>Codes of a recording to continue, or null.</summary>
    [Id(7)] public AudioCodes? Prompt { get; init; }

    /// <summary>
    /// Codes of the first new frames, received of an earlier run of the same work at this or another worker of the same model, device kind
    /// and precision; null if the work starts. They count among <see cref="MaxFrames"/>. The worker goes on behind them: it sends none of
    /// them again, and codes and samples are those of a run that was not broken. If they are as many as the work makes, the worker only
    /// turns them into samples.
    /// </summary>
    [Id(9)] public AudioCodes? Made { get; init; }

    /// <summary>
    /// Samples of <see cref="Made"/> that were received of the earlier run: 0 to all of them. The samples sent begin behind them.
    /// </summary>
    [Id(10)] public long SamplesReceived { get; init; }

    /// <summary>
    /// The work belongs to a request that the worker has admitted, and no other worker takes it: a worker that drains does.
    /// </summary>
    [Id(11)] public bool MustStay { get; init; }

    /// <summary>Which work gets a slot first.</summary>
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

    /// <summary>The frames from a number on.</summary>
    public AudioCodes From(int frame) => frame == 0 ? this : new AudioCodes(Cells[(frame * Channels)..], Channels);

    /// <summary>These frames and those that follow them.</summary>
    public AudioCodes Join(AudioCodes next) => new([.. Cells, .. next.Cells], Channels);
}

/// <summary>Which work gets a slot first. No work waits for ever, whatever its priority.</summary>
public enum WorkPriority
{
    /// <summary>A client receives the audio while it is made.</summary>
    Live,

    /// <summary>A client waits for the whole audio.</summary>
    Waiting,

    /// <summary>A background job.</summary>
    Background,
}
