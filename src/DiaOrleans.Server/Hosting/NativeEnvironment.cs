using System.Runtime.InteropServices;

namespace DiaOrleans.Server.Hosting;

/// <summary>Environment variables that native libraries of this process read.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>
    /// Sets a variable for this process and its children. Call it before the library that reads it is loaded, and before there are many
    /// threads, because reading the environment of libc is not safe while it is changed.
    /// </summary>
    public static void Set(string name, string value)
    {
        // On Unix this changes .NET's own copy of the environment, which child processes inherit; native code of this process reads libc's.
        Environment.SetEnvironmentVariable(name, value);
        if (OperatingSystem.IsWindows()) return;
        try
        {
            if (SetEnvironment(name, value, overwrite: 1) != 0) throw new InvalidOperationException($"{name} cannot be set.");
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // The C library has another name. Variables that matter without this server are also set by run.sh.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
