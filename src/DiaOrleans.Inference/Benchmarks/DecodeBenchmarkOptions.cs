using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Benchmarks;

/// <summary>What is measured: one batch of <paramref name="Streams"/> requests, both guidance rows, sampling included.</summary>
/// <param name="Folder">Checkpoint folder; with <paramref name="RandomWeights"/> its config.json is enough.</param>
/// <param name="Streams">Requests in the batch.</param>
/// <param name="Steps">Measured steps.</param>
/// <param name="Threads">Threads of ONNX Runtime; 0 chooses by the model's size.</param>
/// <param name="RandomWeights">Whether the weights are random numbers of the config's shapes.</param>
public sealed record DecodeBenchmarkOptions(string Folder, int Streams = 1, int Steps = 200, int Threads = 0, bool RandomWeights = false)
{
    /// <summary>Device and precision; of several GPUs the first is measured.</summary>
    public DeviceRequest Device { get; init; } = new();

    /// <summary>Slots of the decoder; as many as streams, if these are more.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>Whether a GPU's steps are captured and replayed.</summary>
    public bool CaptureSteps { get; init; } = true;
}
