using System.Globalization;

namespace DiaOrleans.Server.Devices;

/// <summary>Memory of this machine that programs can still get, without swapping.</summary>
/// <param name="root">Path of the root of the file system; another one for tests.</param>
internal sealed class HostMemory(string root = "/")
{
    private const long Kibi = 1024;

    /// <summary>
    /// Available bytes: on Linux the smaller of the machine's and of what is left of the limits of the control groups that this process is
    /// in; elsewhere what .NET knows.
    /// </summary>
    public long Available()
    {
        if (ReadMachine() is not { } machine)
        {
            var known = GC.GetGCMemoryInfo();
            return Math.Max(0, known.TotalAvailableMemoryBytes - known.MemoryLoadBytes);
        }

        return Math.Max(0, GroupsOf(ReadGroup()).Select(ReadLeft).OfType<long>().Append(machine).Min());
    }

    private long? ReadMachine()
    {
        var file = Path.Combine(root, "proc/meminfo");
        if (!File.Exists(file)) return null;
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return line is null ? null : ParseNumber(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * Kibi;
    }

    /// <summary>Path of the process's group, of version 2: the line that begins with 0.</summary>
    private string ReadGroup()
    {
        const string VersionTwo = "0::";
        var file = Path.Combine(root, "proc/self/cgroup");
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith(VersionTwo, StringComparison.Ordinal)) : null;
        return line is null ? "/" : line[VersionTwo.Length..];
    }

    /// <summary>The folders of a group and of all above it.</summary>
    private IEnumerable<string> GroupsOf(string group)
    {
        var groups = Path.Combine(root, "sys/fs/cgroup");
        for (var path = group.Trim('/'); path.Length > 0; path = Path.GetDirectoryName(path) ?? "") yield return Path.Combine(groups, path);
        yield return groups;
    }

    /// <summary>What is left of a group's limit; files that can be dropped count as free. Null without a limit.</summary>
    private static long? ReadLeft(string folder)
    {
        try
        {
            if (ParseNumber(File.ReadAllText(Path.Combine(folder, "memory.max"))) is not { } most) return null;
            if (ParseNumber(File.ReadAllText(Path.Combine(folder, "memory.current"))) is not { } used) return null;
            var droppable = File.ReadLines(Path.Combine(folder, "memory.stat"))
                .FirstOrDefault(line => line.StartsWith("inactive_file ", StringComparison.Ordinal));
            return most - used + (ParseNumber(droppable?.Split(' ')[1] ?? "") ?? 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long? ParseNumber(string text) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
