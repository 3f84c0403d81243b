using System.Runtime.InteropServices;

namespace DiaOrleans.Inference.Execution;

/// <summary>Memory that this process has freed but not returned to the system.</summary>
public static partial class ProcessMemory
{
    /// <summary>
    /// Returns it to the system. Without this, loading another model takes its memory on top of the disposed one's: glibc keeps what is
    /// freed in the arena of the thread that allocated it, and an idle process collects no garbage.
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
            // The C library is not glibc and has no malloc_trim.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
