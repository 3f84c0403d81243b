using System.Globalization;

namespace DiaOrleans.Server.Devices;

/// <summary>Memory of this machine that programs can still get, without swapping.</summary>
/// <param name="root">Path of the root of the file system; another one for tests.</param>
internal sealed class HostMemory(string root = "/")
{
    private const long Kibi = 1024;

    private static readonly Controller[] Controllers =
    [
        new("", "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file "),
        new("memory", "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "),
    ];

    /// <summary>
    /// Available bytes: on Linux the smaller of the machine's and of what is left of the limits of the control groups that this process is
    /// in, without the pages of files that this process uses, for the kernel counts them as available; elsewhere what .NET knows.
    /// </summary>
    public long Available()
    {
        if (ReadKibi("proc/meminfo", "MemAvailable:") is not { } machine)
        {
            var known = GC.GetGCMemoryInfo();
            return Math.Max(0, known.TotalAvailableMemoryBytes - known.MemoryLoadBytes);
        }

        var files = ReadKibi("proc/self/status", "RssFile:") ?? 0;
        var left = from controller in Controllers
                   from folder in GroupsOf(controller)
                   select ReadLeft(controller, folder, files);
        return Math.Max(0, left.OfType<long>().Append(machine - files).Min());
    }

    private long? ReadKibi(string path, string name)
    {
        var file = Path.Combine(root, path);
        if (!File.Exists(file)) return null;
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return ParseNumber(line?[name.Length..].Replace("kB", "", StringComparison.Ordinal) ?? "") * Kibi;
    }

    /// <summary>Path of the process's group.</summary>
    private string ReadGroup(Controller controller)
    {
        var file = Path.Combine(root, "proc/self/cgroup");
        if (!File.Exists(file)) return "/";
        var paths = from line in File.ReadLines(file)
                    let parts = line.Split(':', 3)
                    where parts.Length == 3 && parts[1].Split(',').Contains(controller.Name)
                    select parts[2];
        return paths.FirstOrDefault() ?? "/";
    }

    /// <summary>The folders of the process's group and of all above it.</summary>
    private IEnumerable<string> GroupsOf(Controller controller)
    {
        var groups = Path.Combine(root, controller.Folder);
        for (var path = ReadGroup(controller).Trim('/'); path.Length > 0; path = Path.GetDirectoryName(path) ?? "")
            yield return Path.Combine(groups, path);
        yield return groups;
    }

    /// <summary>
    /// What is left of a group's limit; files that can be dropped count as free, but for <paramref name="files"/> bytes of them. Null
    /// without a limit.
    /// </summary>
    private static long? ReadLeft(Controller controller, string folder, long files)
    {
        try
        {
            if (ParseNumber(File.ReadAllText(Path.Combine(folder, controller.Limit))) is not { } most) return null;
            if (ParseNumber(File.ReadAllText(Path.Combine(folder, controller.Usage))) is not { } used) return null;
            var droppable = File.ReadLines(Path.Combine(folder, "memory.stat"))
                .FirstOrDefault(line => line.StartsWith(controller.Droppable, StringComparison.Ordinal));
            return most - used + Math.Max(0, (ParseNumber(droppable?.Split(' ')[1] ?? "") ?? 0) - files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long? ParseNumber(string text) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>How a version of control groups tells memory.</summary>
    /// <param name="Name">Name in the lines of /proc/self/cgroup; empty in version 2.</param>
    /// <param name="Folder">Folder of the groups.</param>
    /// <param name="Limit">File of the limit, in bytes.</param>
    /// <param name="Usage">File of the bytes that are used.</param>
    /// <param name="Droppable">Beginning of the line of memory.stat with the bytes of files that can be dropped.</param>
    private sealed record Controller(string Name, string Folder, string Limit, string Usage, string Droppable);
}
