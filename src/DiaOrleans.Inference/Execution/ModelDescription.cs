namespace DiaOrleans.Inference.Execution;

/// <summary>Facts of a loaded model.</summary>
public sealed record ModelDescription
{
    /// <summary>Name of the checkpoint folder.</summary>
    public required string Name { get; init; }

    /// <summary>0626 or classic.</summary>
    public required string Profile { get; init; }

    /// <summary>Name of the <see cref="Execution.Precision"/> that it is computed in, for example fp32.</summary>
    public required string Precision { get; init; }

    /// <summary>Frames per second of audio.</summary>
    public required double FrameRate { get; init; }

    /// <summary>Hz, of the codec.</summary>
    public required int SampleRate { get; init; }

    /// <summary>The most text ids of a call.</summary>
    public required int MaxTextIds { get; init; }

    /// <summary>The most bytes of a text, its prompt's transcript not counted, that one call speaks reliably.</summary>
    public required int MaxTextBytes { get; init; }

    /// <summary>The most new frames of a call without a prompt.</summary>
    public required int MaxNewFrames { get; init; }

    /// <summary>Identifies the codec's weights: codes of one codec are meaningless to another.</summary>
    public required string CodecFingerprint { get; init; }

    /// <summary>The checkpoint's own sampling defaults.</summary>
    public required Decoding.SamplingSettings Sampling { get; init; }
}
