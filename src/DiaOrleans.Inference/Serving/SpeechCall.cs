namespace DiaOrleans.Inference.Serving;

/// <summary>One call of the model.</summary>
public sealed record SpeechCall
{
    /// <summary>
    /// Ids of the text (<see cref="Decoding.TextIds"/>), cleaned and tagged; with a prompt, its transcript first. Not to be changed any
    /// more.
    /// </summary>
    public required int[] TextIds { get; init; }

    /// <summary>The most new frames; capped by the model's own rows.</summary>
    public required int MaxFrames { get; init; }

    /// <summary>Any value; equal seeds give equal codes.</summary>
    public required long Seed { get; init; }

    /// <summary>Guidance and sampling; null takes the model's defaults.</summary>
    public Decoding.SamplingSettings? Sampling { get; init; }

    /// <summary>Codes of a recording to continue, or null.</summary>
    public Decoding.CodeGrid? Prompt { get; init; }

    /// <summary>
    /// Codes of the first new frames, from an earlier run of the same call; null if it starts. They count among
    /// <see cref="MaxFrames"/>. The decoder replays them, and goes on as if the earlier run had not ended: codes and samples of the two
    /// are, to the bit, those of one run on the same device and in the same precision. If they are as many as the call makes, they are
    /// only turned into samples.
    /// </summary>
    public Decoding.CodeGrid? Made { get; init; }

    /// <summary>Samples of <see cref="Made"/> that are not wanted again: the run's samples begin behind them.</summary>
    public long SamplesReceived { get; init; }

    /// <summary>Which call gets a slot first.</summary>
    public CallPriority Priority { get; init; } = CallPriority.Waiting;
}

/// <summary>Which call gets a slot first. No call waits for ever, whatever its priority.</summary>
public enum CallPriority
{
    /// <summary>A client receives the audio while it is made.</summary>
    Live,

    /// <summary>A client waits for the whole audio.</summary>
    Waiting,

    /// <summary>No client waits.</summary>
    Background,
}
