namespace DiaOrleans.Inference.Benchmarks;

/// <summary>What was measured.</summary>
/// <param name="StepMsMedian">Milliseconds a step, the median.</param>
/// <param name="StepMsMin">Milliseconds of the fastest step.</param>
/// <param name="RealTimeFactor">Audio seconds per wall second over all measured steps, all streams together.</param>
/// <param name="Model">Name of the folder.</param>
/// <param name="Device">Name of the device.</param>
/// <param name="Precision">Name of the precision that the model computes in.</param>
/// <param name="Streams">Requests in the batch.</param>
/// <param name="Threads">Threads of ONNX Runtime.</param>
/// <param name="PeakRssMib">Peak resident memory of this process.</param>
public sealed record DecodeBenchmarkResult(
    double StepMsMedian,
    double StepMsMin,
    double RealTimeFactor,
    string Model,
    string Device,
    string Precision,
    int Streams,
    int Threads,
    double PeakRssMib);
