using System.Reflection;

namespace DiaOrleans.Server.Devices;

/// <summary>Which GPUs this build looks for.</summary>
internal static class Gpus
{
    private const string Accelerator = "Accelerator";

    public static IGpus ForThisBuild() =>
        typeof(Gpus).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Any(fact => fact is { Key: Accelerator, Value: "cuda" }) ? new NvidiaGpus() : new NoGpus();
}
