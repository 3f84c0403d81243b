using System.Diagnostics;

namespace DiaOrleans.Cluster.Tests.Faults;

/// <summary>A small file system for the tables of a database. Needs root.</summary>
internal sealed class FullTablespace : IDisposable
{
    private const int Megabytes = 32;

    private readonly string _filling;

    private FullTablespace(string folder)
    {
        Folder = folder;
        _filling = Path.Combine(folder, "filling");
    }

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Folder of the tables: a new file system may have files of its own.</summary>
    public string Tables => Path.Combine(Folder, "tables");

    /// <summary>Mounts it; if that is not possible, the test is skipped.</summary>
    public static FullTablespace Mount()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root mounts a file system");
        var folder = Directory.CreateTempSubdirectory("dia-tables-").FullName;
        var options = $"size={Megabytes}m,mode=755";
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", options, "none", folder), "no file system can be mounted");
        var mounted = new FullTablespace(folder);
        Directory.CreateDirectory(mounted.Tables);
        return mounted;
    }

    /// <summary>Writes a file until there is no room.</summary>
    public void Fill()
    {
        using var file = new FileStream(_filling, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Deletes that file.</summary>
    public void Free() => File.Delete(_filling);

    /// <summary>PostgreSQL may still have files of it open: it goes when they are closed.</summary>
    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
