using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Execution;

/// <summary>Options of a model to load.</summary>
public sealed record ModelOptions
{
    /// <summary>Checkpoint folder, as published.</summary>
    public required string Folder { get; init; }

    /// <summary>Codec folder; needed if the checkpoint's audio_tokenizer_config.json names none inside it.</summary>
    public string? CodecFolder { get; init; }

    /// <summary>Overrides the profile that the config's schema implies.</summary>
    public DiaProfile? Profile { get; init; }

    /// <summary>Name of the device that the model runs on: cpu or cuda:N.</summary>
    public string Device { get; init; } = ExecutionTarget.Default.Device.Name;

    /// <summary>Name of the precision that the text encoder and the decoder compute in: one that the device offers.</summary>
    public string Precision { get; init; } = ExecutionTarget.Default.Precision.Name;

    /// <summary>Name of the precision that the codec's decoder computes in: fp32, or fp16 on a GPU.</summary>
    public string CodecPrecision { get; init; } = Execution.Precision.Fp32.Name;

    /// <summary>Folder of quantised weights, created if it is missing; needed for int8 and int4.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Threads of ONNX Runtime on the host; 0 chooses by the model's size.</summary>
    public int Threads { get; init; }

    /// <summary>The most requests that are decoded at a time; null chooses by device and memory.</summary>
    public int? Slots { get; init; }

    /// <summary>
    /// Bytes of the host's memory that this process can still get, asked before the caches of a call grow; null if nobody is to be asked.
    /// Caches on a GPU are allocated whole at the start.
    /// </summary>
    public Func<long>? AvailableMemory { get; init; }

    /// <summary>Bound of admitted work that waits for a slot, in predicted seconds of audio.</summary>
    public double MaxWaitingSeconds { get; init; } = 600;
}
