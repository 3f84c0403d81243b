namespace DiaOrleans.Inference.Benchmarks;

/// <summary>What was measured.</summary>
public sealed record DecodeBenchmarkResult
{
    /// <summary>Milliseconds a step, the median.</summary>
    public required double StepMsMedian { get; init; }

    /// <summary>Milliseconds of the fastest step.</summary>
    public required double StepMsMin { get; init; }

    /// <summary>Audio seconds per wall second over all measured steps, all streams together.</summary>
    public required double RealTimeFactor { get; init; }

    /// <summary>The same of each stream.</summary>
    public required double RealTimeFactorEach { get; init; }

    /// <summary>Name of the folder.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the device.</summary>
    public required string Device { get; init; }

    /// <summary>Name of the precision that the model computes in.</summary>
    public required string Precision { get; init; }

    /// <summary>Requests in the batch.</summary>
    public required int Streams { get; init; }

    /// <summary>Threads of ONNX Runtime.</summary>
    public required int Threads { get; init; }

    /// <summary>Seconds to quantise the weights, which happens once a checkpoint; null if the precision has no quantised weights.</summary>
    public double? QuantiseSeconds { get; init; }

    /// <summary>Seconds to load the text encoder and the decoder, quantised weights being there.</summary>
    public required double LoadSeconds { get; init; }

    /// <summary>Peak resident memory of this process.</summary>
    public required double PeakRssMib { get; init; }

    /// <summary>Resident memory after the last step that no file backs; null where the system does not tell.</summary>
    public double? AnonymousRssMib { get; init; }

    /// <summary>Megabytes of weights that a step reads.</summary>
    public required double StepWeightMb { get; init; }

    /// <summary>Gigabytes a second that the threads read from the host's memory; null if the model is on another device.</summary>
    public double? MemoryGbPerSecond { get; init; }

    /// <summary>
    /// The time that reading the weights takes at that speed, as a share of the median step. Above 1 if the processor's cache holds them.
    /// </summary>
    public double? MemoryLimitShare { get; init; }
}
