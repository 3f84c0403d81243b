namespace DiaOrleans.Inference.Serving;

/// <summary>One call of the model.</summary>
public sealed record SpeechCall
{
    /// <summary>Text for the model, cleaned and tagged; where there is a prompt, its transcript first.</summary>
    public required string Text { get; init; }

    /// <summary>The most new frames; capped by the model's own rows.</summary>
    public required int MaxFrames { get; init; }

    /// <summary>Any value; equal seeds give equal codes.</summary>
    public required long Seed { get; init; }

    /// <summary>Guidance and sampling; null takes the model's defaults.</summary>
    public Decoding.SamplingSettings? Sampling { get; init; }

    /// <summary>Codes of a recording to continue, or null.</summary>
    public Decoding.CodeGrid? Prompt { get; init; }

    /// <summary>Who gets a slot first.</summary>
    public CallPriority Priority { get; init; } = CallPriority.Waiting;
}

/// <summary>Who gets a slot first; nobody starves.</summary>
public enum CallPriority
{
    /// <summary>A client listens already.</summary>
    Live,

    /// <summary>A client waits for the whole.</summary>
    Waiting,

    /// <summary>Nobody waits.</summary>
    Background,
}

/// <summary>What a call made.</summary>
/// <param name="Samples">Mono, -1 to 1, at <paramref name="SampleRate"/>; the prompt is not in it.</param>
/// <param name="SampleRate">Hz, of the codec.</param>
/// <param name="Codes">The frames' codes, prompt excluded.</param>
/// <param name="EndedByItself">False where the frame cap ended it.</param>
public sealed record SpeechClip(float[] Samples, int SampleRate, Decoding.CodeGrid Codes, bool EndedByItself);
