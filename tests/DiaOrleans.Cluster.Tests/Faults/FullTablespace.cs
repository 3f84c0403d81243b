using System.Diagnostics;

namespace DiaOrleans.Cluster.Tests.Faults;

/// <summary>A small file system for the tables of a database. Needs root.</summary>
internal sealed class FullTablespace : IAsyncDisposable
{
    private const int Megabytes = 32;

    private readonly PostgresServer _server;
    private readonly string _filling;

    private FullTablespace(PostgresServer server, string folder)
    {
        _server = server;
        Folder = folder;
        _filling = Path.Combine(folder, "filling");
    }

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Folder of the tables: a new file system may have files of its own.</summary>
    public string Tables => Path.Combine(Folder, "tables");

    /// <summary>Mounts it for a database of this server; if that is not possible, the test is skipped.</summary>
    public static FullTablespace Mount(PostgresServer server)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root mounts a file system");
        var folder = Directory.CreateTempSubdirectory("dia-tables-").FullName;
        var options = $"size={Megabytes}m,mode=755";
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", options, "none", folder), "no file system can be mounted");
        var mounted = new FullTablespace(server, folder);
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

    /// <summary>
    /// Unmounts it when the server has dropped what is in it: while it knows a table there, its checkpoints fail, and with them the
    /// databases of other tests. The server may still have files open: then the file system goes when they are closed.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Free();
        await _server.DropDatabases(Tables);
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
