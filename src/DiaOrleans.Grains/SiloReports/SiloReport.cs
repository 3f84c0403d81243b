using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.SiloReports;

/// <summary>What a silo says of itself to the others, for the routes that show the state of the cluster.</summary>
[GenerateSerializer, Immutable, Alias("dia.silo-report")]
public sealed record SiloReport
{
    /// <summary>Name of the silo.</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>Whether each allowed GPU of the silo has a model of its own.</summary>
    [Id(1)] public bool IsMulti { get; init; }

    /// <summary>Number of its machine's GPUs, allowed or not; 0 if its models run on the CPU.</summary>
    [Id(2)] public int GpuCount { get; init; }

    /// <summary>The allowed GPUs, by number.</summary>
    [Id(3)] public IReadOnlyList<GpuReport> Gpus { get; init; } = [];

    /// <summary>Its workers.</summary>
    [Id(4)] public IReadOnlyList<WorkerStatus> Workers { get; init; } = [];

    /// <summary>Whether the silo has answered lately. False if this is what it said last.</summary>
    [Id(5)] public bool IsFresh { get; init; } = true;

    /// <summary>Its speech recognition; null if it does not recognise.</summary>
    [Id(6)] public RecognizerReport? Recognizer { get; init; }
}

/// <summary>A GPU of a silo.</summary>
/// <param name="Number">On its machine, from 0.</param>
/// <param name="Used">Bytes in use by all processes.</param>
/// <param name="Total">Bytes.</param>
/// <param name="Error">Why its memory cannot be read, or null.</param>
[GenerateSerializer, Immutable, Alias("dia.gpu-report")]
public sealed record GpuReport(
    [property: Id(0)] int Number,
    [property: Id(1)] long Used,
    [property: Id(2)] long Total,
    [property: Id(3)] string? Error = null);
