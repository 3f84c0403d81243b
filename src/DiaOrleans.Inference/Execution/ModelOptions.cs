using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Execution;

/// <summary>Which model is loaded, and how.</summary>
public sealed record ModelOptions
{
    /// <summary>Checkpoint folder, as published.</summary>
    public required string Folder { get; init; }

    /// <summary>Codec folder, where the checkpoint's audio_tokenizer_config.json names none inside it.</summary>
    public string? CodecFolder { get; init; }

    /// <summary>Overrides the profile that the config's schema tells.</summary>
    public DiaProfile? Profile { get; init; }

    /// <summary>Threads of ONNX Runtime; 0 chooses by the model's size.</summary>
    public int Threads { get; init; }

    /// <summary>Requests that are decoded at a time, in one batch.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>Bound of admitted work that waits for a slot, in predicted seconds of audio.</summary>
    public double MaxWaitingSeconds { get; init; } = 600;
}
