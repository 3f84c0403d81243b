using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DiaOrleans.Server.ChildProcesses;

/// <summary>This process and those that it starts, as a group of Unix. On Windows it has this process alone.</summary>
internal static partial class ProcessGroup
{
    private const int Killed = 9;

    private static bool _isLeader;

    /// <summary>Makes this process the leader of a new group, which the processes that it starts join.</summary>
    public static void Lead()
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            // It fails for the leader of a session, which leads a group already.
            _ = SetGroup(0, 0);
            _isLeader = GetGroup() == Environment.ProcessId;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // The C library has another name.
        }
    }

    /// <summary>Kills the group; only this process if it does not lead one.</summary>
    public static void Kill()
    {
        if (_isLeader) _ = Signal(0, Killed);
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    [LibraryImport("libc", EntryPoint = "setpgid")]
    private static partial int SetGroup(int process, int group);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int GetGroup();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
