namespace DiaOrleans.Abstractions.Workers;

/// <summary>What a worker can do now.</summary>
public enum WorkerState
{
    /// <summary>The model is being loaded.</summary>
    Loading,

    /// <summary>It admits work.</summary>
    Ready,

    /// <summary>It finishes the work that it has and admits no more.</summary>
    Draining,

    /// <summary>The model did not load, or its engine broke; the silo's log says why.</summary>
    Failed,

    /// <summary>The model was unloaded because there was no work; <see cref="IGpuWorkerGrain.Wake"/> loads it again.</summary>
    Asleep,
}

/// <summary>A worker's report.</summary>
[GenerateSerializer, Immutable, Alias("dia.worker-status")]
public sealed record WorkerStatus
{
    /// <summary>Key of its grain, <c>silo/device</c>.</summary>
    [Id(0)] public required string Key { get; init; }

    /// <summary>What it can do now.</summary>
    [Id(1)] public required WorkerState State { get; init; }

    /// <summary>Work in slots.</summary>
    [Id(2)] public int Active { get; init; }

    /// <summary>Work admitted that waits for a slot.</summary>
    [Id(3)] public int Waiting { get; init; }

    /// <summary>Predicted seconds of audio still to make, all admitted work together.</summary>
    [Id(4)] public double BacklogSeconds { get; init; }

    /// <summary>The model; null while none is loaded.</summary>
    [Id(5)] public ModelFacts? Model { get; init; }

    /// <summary>True while work is held: waiting, in a slot, in the codec, or ended and not released.</summary>
    [Id(6)] public bool Busy { get; init; }

    /// <summary>Unique in the cluster, from 1; 0 until the directory has given one.</summary>
    [Id(7)] public int Number { get; init; }

    /// <summary>Work that it does at a time; 0 while no model is loaded.</summary>
    [Id(9)] public int Slots { get; init; }

    /// <summary>What a step of its decoder took lately, on average; 0 before the first.</summary>
    [Id(10)] public double StepSeconds { get; init; }

    /// <summary>Name of the device that its engine runs on, such as <c>cpu</c>.</summary>
    [Id(8)] public string Device { get; init; } = "";

    /// <summary>The kind of device, such as <c>cuda</c>: equal calls have equal results on devices of one kind.</summary>
    public string DeviceKind => Device.Split(':')[0];

    /// <summary>
    /// Model, precision and kind of device, such as <c>dia-nano/fp32/cpu</c>: workers of one pool make the same bytes of a request. Null
    /// while no model is loaded.
    /// </summary>
    public string? Pool => Model is null ? null : $"{Model.Name}/{Model.Precision}/{DeviceKind}";

    /// <summary>Name for clients, such as <c>worker_1</c>.</summary>
    public string Name => $"worker_{Number}";
}

/// <summary>What a request must know of the loaded model.</summary>
[GenerateSerializer, Immutable, Alias("dia.model-facts")]
public sealed record ModelFacts
{
    /// <summary>Frames (rows) per second of audio.</summary>
    [Id(0)] public required double FrameRate { get; init; }

    /// <summary>Hz, of the codec.</summary>
    [Id(1)] public required int SampleRate { get; init; }

    /// <summary>The most text ids that the encoder takes, a tag counting one.</summary>
    [Id(2)] public required int MaxTextIds { get; init; }

    /// <summary>
    /// The most bytes of own text, without tags, that one call speaks well: max_text_bytes of generation_config.json, else 350.
    /// </summary>
    [Id(3)] public required int MaxTextBytes { get; init; }

    /// <summary>The most new frames of one call without a prompt.</summary>
    [Id(4)] public required int MaxNewFrames { get; init; }

    /// <summary>Default guidance scale, from generation_config.json, else 3.</summary>
    [Id(5)] public required double Guidance { get; init; }

    /// <summary>Default sampling temperature, from generation_config.json, else 1.2.</summary>
    [Id(6)] public required double Temperature { get; init; }

    /// <summary>Default nucleus mass, from generation_config.json, else 0.95.</summary>
    [Id(7)] public required double TopP { get; init; }

    /// <summary>Identifies the codec and its weights: codes of one codec mean other sounds to another codec.</summary>
    [Id(8)] public required string CodecFingerprint { get; init; }

    /// <summary>Name of the model, as requests name it: that of its checkpoint folder.</summary>
    [Id(9)] public required string Name { get; init; }

    /// <summary>What it computes in, such as <c>fp32</c>.</summary>
    [Id(10)] public required string Precision { get; init; }
}
