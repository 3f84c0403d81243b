namespace DiaOrleans.Inference.Benchmarks;

/// <summary>What was measured.</summary>
/// <param name="MsPerSecondMedian">Milliseconds for one second of audio, the median.</param>
/// <param name="ClipMsPerSecondMedian">The same for clips of 8 s in windows.</param>
/// <param name="Frames">Frames of that second.</param>
/// <param name="Device">Name of the device.</param>
/// <param name="Precision">Name of the precision of the codec's decoder.</param>
/// <param name="Threads">Threads of ONNX Runtime.</param>
public sealed record CodecBenchmarkResult(
    double MsPerSecondMedian,
    double ClipMsPerSecondMedian,
    int Frames,
    string Device,
    string Precision,
    int Threads);
