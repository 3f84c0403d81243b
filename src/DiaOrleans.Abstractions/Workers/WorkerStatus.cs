namespace DiaOrleans.Abstractions.Workers;

/// <summary>What a worker can do now.</summary>
public enum WorkerState
{
    /// <summary>The model is being read.</summary>
    Loading,

    /// <summary>It admits work.</summary>
    Ready,

    /// <summary>It finishes what it has and admits nothing.</summary>
    Draining,

    /// <summary>The model did not load; the silo's log says why.</summary>
    Failed,

    /// <summary>Its model has left memory for want of work; <see cref="IGpuWorkerGrain.Wake"/> brings it back.</summary>
    Asleep,
}

/// <summary>A worker's report.</summary>
[GenerateSerializer, Immutable, Alias("dia.worker-status")]
public sealed record WorkerStatus
{
    /// <summary>Key of its grain, <c>silo/gpu</c>.</summary>
    [Id(0)] public required string Key { get; init; }

    /// <summary>What it can do now.</summary>
    [Id(1)] public required WorkerState State { get; init; }

    /// <summary>Work in slots.</summary>
    [Id(2)] public int Active { get; init; }

    /// <summary>Work admitted and waiting for a slot.</summary>
    [Id(3)] public int Waiting { get; init; }

    /// <summary>Predicted seconds of audio still to make, all admitted work together.</summary>
    [Id(4)] public double BacklogSeconds { get; init; }

    /// <summary>The model, once it is loaded.</summary>
    [Id(5)] public ModelFacts? Model { get; init; }

    /// <summary>True while anybody's work is held: waiting, in a slot, in the codec, or ended and still being read.</summary>
    [Id(6)] public bool Busy { get; init; }
}

/// <summary>What a request must know of the loaded model.</summary>
[GenerateSerializer, Immutable, Alias("dia.model-facts")]
public sealed record ModelFacts
{
    /// <summary>Frames (rows) per second of audio.</summary>
    [Id(0)] public required double FrameRate { get; init; }

    /// <summary>Hz, of the codec.</summary>
    [Id(1)] public required int SampleRate { get; init; }

    /// <summary>The most text ids the encoder takes, a tag counting one.</summary>
    [Id(2)] public required int MaxTextIds { get; init; }

    /// <summary>The most bytes of own text, without tags, that one call speaks well: generation_config.json's max_text_bytes, else 350.</summary>
    [Id(3)] public required int MaxTextBytes { get; init; }

    /// <summary>The most new frames of one call without a prompt.</summary>
    [Id(4)] public required int MaxNewFrames { get; init; }

    /// <summary>Defaults of generation_config.json, else spec: guidance 3, temperature 1.2, top-p 0.95, top-k 45.</summary>
    [Id(5)] public required double Guidance { get; init; }

    /// <summary>See <see cref="Guidance"/>.</summary>
    [Id(6)] public required double Temperature { get; init; }

    /// <summary>See <see cref="Guidance"/>.</summary>
    [Id(7)] public required double TopP { get; init; }

    /// <summary>Names the codec and its weights: codes made under another one mean another sound.</summary>
    [Id(8)] public required string CodecFingerprint { get; init; }
}
