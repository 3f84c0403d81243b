using System.Runtime.InteropServices;

namespace DiaOrleans.Inference.Execution;

/// <summary>What a disposed engine leaves in this process.</summary>
public static partial class ProcessMemory
{
    /// <summary>
    /// Gives it back to the system. Without it the next model does not find the room of the last one: glibc keeps what was freed in the arena of the thread that
    /// loaded it, and without work the garbage collector would not come by.
    /// </summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Trim(0);
        }
        catch (Exception other) when (other is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library than glibc, which has no such habit.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
