using System.Runtime.InteropServices;

namespace DiaOrleans.Server.Hosting;

/// <summary>Usage data that dependencies send to their makers unless they are told not to.</summary>
internal static partial class DependencyTelemetry
{
    /// <summary>ONNX Runtime reads it once, when its native library creates its environment.</summary>
    public const string OnnxRuntime = "ORT_DISABLE_TELEMETRY";

    /// <summary>
    /// Switches it off for this process and its children, whatever the environment says. Call it before anything else: native libraries must not
    /// be loaded yet, and libc's environment must not be changed while other threads read it.
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
        catch (Exception other) when (other is EntryPointNotFoundException or DllNotFoundException)
        {
            // A C library under another name: what run.sh exports remains.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
