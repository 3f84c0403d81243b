using System.Reflection;

namespace DiaOrleans.Server.Devices;

/// <summary>Selects the <see cref="IGpus"/> of this build.</summary>
internal static class Gpus
{
    private const string Accelerator = "Accelerator";
    private const string Cuda = "cuda";

    /// <summary>NVIDIA's GPUs if the build has the CUDA libraries, else none.</summary>
    public static IGpus CreateForBuild()
    {
        var facts = typeof(Gpus).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>();
        return facts.Any(fact => fact is { Key: Accelerator, Value: Cuda }) ? new NvidiaGpus() : new NoGpus();
    }
}
