using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DiaOrleans.Server.ChildProcesses;

/// <summary>Limits that Linux sets on this process and its children. Elsewhere they have no effect.</summary>
internal static partial class ProcessLimits
{
    private const int Cpu = 0;
    private const int FileSize = 1;
    private const int Data = 2;
    private const int Core = 4;

    private static readonly bool IsSupported = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Limits memory and the size of files, and forbids core dumps.</summary>
    /// <param name="memory">Bytes of memory that can be written: heaps, stacks and private mappings, not reserved addresses.</param>
    /// <param name="file">Bytes of a file.</param>
    public static void Set(long memory, long file)
    {
        Set(Data, memory);
        Set(FileSize, file);
        Set(Core, 0);
    }

    /// <summary>Ends this process when it has computed for a further time; a later call begins anew.</summary>
    public static void SetProcessorTime(TimeSpan further)
    {
        using var self = Process.GetCurrentProcess();
        Set(Cpu, (long)Math.Ceiling((self.TotalProcessorTime + further).TotalSeconds));
    }

    /// <summary>Sets the soft limit only, which can be raised again. It takes effect in the same way.</summary>
    private static void Set(int resource, long value)
    {
        if (!IsSupported || GetLimit(resource, out var limit) != 0) return;
        limit.Soft = Math.Min((ulong)value, limit.Hard);
        _ = SetLimit(resource, limit);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    /// <summary>rlimit of a 64-bit system.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
