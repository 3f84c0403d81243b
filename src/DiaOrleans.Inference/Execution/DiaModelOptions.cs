using DiaOrleans.Inference.Quantisation;

namespace DiaOrleans.Inference.Execution;

/// <summary>How a checkpoint's text encoder and decoder are loaded.</summary>
internal sealed record DiaModelOptions
{
    /// <summary>Device and precision.</summary>
    public required ExecutionTarget Target { get; init; }

    /// <summary>Folder of quantised weights; needed by a precision that has them.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Receives the progress if weights have to be quantised.</summary>
    public Action<QuantisationProgress>? Quantising { get; init; }

    /// <summary>Threads of ONNX Runtime on the host; 0 chooses by the model's size.</summary>
    public int Threads { get; init; }

    /// <summary>Slots of all decoders.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>Whether several decoders share the slots, if their steps then run side by side on cores that one leaves free.</summary>
    public bool SideBySide { get; init; }

    /// <summary>The unconditional row runs as published, without the collapse of its text to constants.</summary>
    public bool Literal { get; init; }

    /// <summary>Whether the decoder's graph is the one by row, for GPUs; null takes the device's. Not for the literal graph.</summary>
    public bool? ByRow { get; init; }

    /// <summary>Whether steps are captured and replayed, if the device does that.</summary>
    public bool CaptureSteps { get; init; } = true;

    /// <summary>Candidates that guidance selects; null takes the checkpoint's default.</summary>
    public int? TopK { get; init; }

    /// <summary>The most text ids of a slot; null takes the model's maximum.</summary>
    public int? TextCapacity { get; init; }
}
