using System.Reflection;

namespace DiaOrleans.Server.Devices;

/// <summary>Which GPUs this build looks for.</summary>
internal static class Gpus
{
    private const string BuiltForGpu = "BuiltForGpu";

    public static IGpus ForThisBuild() =>
        typeof(Gpus).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Any(fact => fact is { Key: BuiltForGpu, Value: "true" }) ? new NvidiaGpus() : new NoGpus();
}
