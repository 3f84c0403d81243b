using System.Diagnostics;

namespace DiaOrleans.Server.Tests.Api.Disk;

/// <summary>
/// A small file system in memory that only one process and its children see: Linux mounts it in a namespace of the process. Other users
/// than root may do so in a namespace of users, where the system allows that.
/// </summary>
internal sealed class SmallDisk
{
    private const string Mount = "mount -t tmpfs -o size=\"$1\" dia-test \"$2\" && shift 2 && exec \"$@\"";

    private readonly string _folder;
    private readonly int _process;

    private SmallDisk(string folder, int process)
    {
        _folder = folder;
        _process = process;
    }

    private string Filler => $"/proc/{_process}/root{_folder}/filler";

    /// <summary>Null if such a file system can be mounted here; else why not.</summary>
    public static string? Problem(string folder)
    {
        using var process = Process.Start(Wrap(new ProcessStartInfo("true") { RedirectStandardError = true }, "1m", folder))!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"no file system in memory can be mounted here: {errors}";
    }

    /// <summary>The command that runs another one with the file system at a folder, which exists.</summary>
    public static ProcessStartInfo Wrap(ProcessStartInfo command, string size, string folder)
    {
        string[] before = Environment.UserName == "root" ? ["-m"] : ["-r", "-m"];
        string[] all = [.. before, "sh", "-c", Mount, "sh", size, folder, command.FileName, .. command.ArgumentList];
        command.FileName = "unshare";
        command.ArgumentList.Clear();
        foreach (var argument in all) command.ArgumentList.Add(argument);
        return command;
    }

    /// <summary>A process that keeps such a file system until it is killed, for several servers one after another.</summary>
    public static Process Hold(string size, string folder)
    {
        var holder = Process.Start(Wrap(new ProcessStartInfo("sleep", ["infinity"]), size, folder))!;
        while (!File.ReadAllText($"/proc/{holder.Id}/mounts").Contains(folder, StringComparison.Ordinal)) Thread.Sleep(10);
        return holder;
    }

    /// <summary>The command that runs another one in the file system of a process.</summary>
    public static ProcessStartInfo Enter(ProcessStartInfo command, Process holder)
    {
        string[] user = Environment.UserName == "root" ? [] : ["-U", "--preserve-credentials"];
        string[] all = ["-t", $"{holder.Id}", .. user, "-m", "--", command.FileName, .. command.ArgumentList];
        command.FileName = "nsenter";
        command.ArgumentList.Clear();
        foreach (var argument in all) command.ArgumentList.Add(argument);
        return command;
    }

    /// <summary>The file system of a process.</summary>
    public static SmallDisk Of(Process process, string folder) => new(folder, process.Id);

    /// <summary>Writes until no byte more fits.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        foreach (var size in (int[])[1 << 16, 4096, 1])
        {
            var block = new byte[size];
            try
            {
                while (true) file.Write(block);
            }
            catch (IOException)
            {
                // No block of this size fits.
            }
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Filler);
}
