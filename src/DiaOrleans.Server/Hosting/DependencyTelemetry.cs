using System.Runtime.InteropServices;

namespace DiaOrleans.Server.Hosting;

/// <summary>Switches off the usage data that dependencies send by default.</summary>
internal static partial class DependencyTelemetry
{
    /// <summary>Variable of ONNX Runtime, which reads it once, when its native library creates its environment.</summary>
    public const string OnnxRuntime = "ORT_DISABLE_TELEMETRY";

    /// <summary>
    /// Switches it off for this process and its children, whatever the environment says. Call it first: before native libraries are loaded,
    /// and before other threads read the environment of libc, which is not safe while it is changed.
    /// </summary>
    public static void SwitchOff()
    {
        // On Unix this changes .NET's own copy of the environment, which child processes inherit; native code of this process reads libc's.
        Environment.SetEnvironmentVariable(OnnxRuntime, "1");
        if (OperatingSystem.IsWindows()) return;
        try
        {
            if (SetEnvironment(OnnxRuntime, "1", overwrite: 1) != 0) throw new InvalidOperationException($"{OnnxRuntime} cannot be set.");
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // The C library has another name. run.sh exports the variable too.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
