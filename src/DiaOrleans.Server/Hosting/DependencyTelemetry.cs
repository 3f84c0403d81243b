namespace DiaOrleans.Server.Hosting;

/// <summary>Switches off the usage data that dependencies send by default.</summary>
internal static class DependencyTelemetry
{
    /// <summary>Variable of ONNX Runtime, which reads it once, when its native library creates its environment.</summary>
    public const string OnnxRuntime = "ORT_DISABLE_TELEMETRY";

    /// <summary>
    /// Switches it off for this process and its children, whatever the environment says. Call it first: before native libraries are loaded,
    /// and before other threads read the environment of libc, which is not safe while it is changed.
    /// </summary>
    public static void SwitchOff() => NativeEnvironment.Set(OnnxRuntime, "1");
}
