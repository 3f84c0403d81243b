namespace DiaOrleans.Inference.Execution;

/// <summary>What a caller must know of a loaded model.</summary>
public sealed record ModelDescription
{
    /// <summary>Name of the checkpoint folder.</summary>
    public required string Name { get; init; }

    /// <summary>0626 or classic.</summary>
    public required string Profile { get; init; }

    /// <summary>fp32 and the like.</summary>
    public required string Precision { get; init; }

    /// <summary>Frames per second of audio.</summary>
    public required double FrameRate { get; init; }

    /// <summary>Hz, of the codec.</summary>
    public required int SampleRate { get; init; }

    /// <summary>The most text ids.</summary>
    public required int MaxTextIds { get; init; }

    /// <summary>The most bytes of own text that one call speaks well.</summary>
    public required int MaxTextBytes { get; init; }

    /// <summary>The most new frames of a call without a prompt.</summary>
    public required int MaxNewFrames { get; init; }

    /// <summary>Names the codec and its weights: codes made under another one mean another sound.</summary>
    public required string CodecFingerprint { get; init; }

    /// <summary>The checkpoint's own sampling defaults.</summary>
    public required Decoding.SamplingSettings Sampling { get; init; }
}
