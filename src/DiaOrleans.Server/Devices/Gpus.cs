using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Server.Devices;

/// <summary>Selects the <see cref="IGpus"/> of a server.</summary>
internal static class Gpus
{
    /// <summary>NVIDIA's GPUs if models run on them, else none.</summary>
    public static IGpus CreateFor(DeviceChoice choice) => choice.IsCuda ? new NvidiaGpus() : new NoGpus();
}
