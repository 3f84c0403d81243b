using System.Globalization;
using System.Runtime.InteropServices;

namespace DiaOrleans.Inference.Execution;

/// <summary>The memory of this process.</summary>
public static partial class ProcessMemory
{
    /// <summary>
    /// Returns freed memory to the system. Without this, loading another model takes its memory on top of the disposed one's: glibc keeps
    /// what is freed in the arena of the thread that allocated it, and an idle process collects no garbage.
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

    /// <summary>Resident bytes of this process that no file backs; null where the system does not tell.</summary>
    public static long? AnonymousBytes()
    {
        const string Status = "/proc/self/status";
        const string Field = "RssAnon:";
        if (!File.Exists(Status)) return null;
        var line = File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
        var number = line?[Field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : null;
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
