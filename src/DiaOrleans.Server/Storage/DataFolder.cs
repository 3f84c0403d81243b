using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// The server's data folder, which one server at a time can use: a second one would overwrite the state of the first. A lock of the system
/// sees to that; where it has no effect, or none between machines, <see cref="FolderHolder"/> does. Only this user can open the folder.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "server.lock";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);

    private readonly FileStream _lock;
    private readonly FolderHolder _holder;

    private DataFolder(string path, FileStream heldLock, FolderHolder holder)
    {
        Path = path;
        _lock = heldLock;
        _holder = holder;
    }

    /// <summary>Another server has taken the folder, which no lock has prevented. The argument describes it.</summary>
    public event Action<string>? Taken
    {
        add => _holder.Taken += value;
        remove => _holder.Taken -= value;
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Name of the file system if it is one of a network, such as nfs4; else null.</summary>
    public string? NetworkFileSystem => new DriveInfo(Path) is { DriveType: DriveType.Network } drive ? drive.DriveFormat : null;

    /// <summary>Path of the database file.</summary>
    public string Database => System.IO.Path.Combine(Path, "dia.db");

    /// <summary>Path of the folder of what is made from checkpoints, and made again if it is missing.</summary>
    public string Cache => CacheIn(Path);

    /// <summary>Absolute path of the cache in a data folder.</summary>
    public static string CacheIn(string path) => System.IO.Path.Combine(System.IO.Path.GetFullPath(path), "cache");

    /// <summary>
    /// Creates the folder if it is missing, and holds it until it is disposed of. On a file system without locks, and on a drive that may
    /// be one of a network, this takes some seconds.
    /// </summary>
    /// <param name="path">Path of the folder.</param>
    /// <param name="port">Port of this server, for the message that a second server gives.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="SettingsException">Another server uses it, or it cannot be written.</exception>
    public static DataFolder Open(string path, int port, TimeProvider time)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            PrivateFiles.CreateFolder(full);
            PrivateFiles.Restrict(full);
            var holder = new FolderHolder(full, time, Period);
            var folder = new DataFolder(full, Lock(full, holder), holder);
            if (folder.IsLockReliable()) holder.Write(port);
            else if (holder.TakeWithoutLock(port) is { } other) throw folder.Release(other);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"The data folder {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Writes which process uses the folder, for the message that a second server gives.</summary>
    /// <param name="port">Port that this server listens on.</param>
    public void WriteHolder(int port) => _holder.Write(port);

    /// <summary>Gives the folder to the next server.</summary>
    public void Dispose()
    {
        _holder.Dispose();
        _lock.Dispose();
    }

    private static FileStream Lock(string folder, FolderHolder holder)
    {
        var file = System.IO.Path.Combine(folder, LockName);
        try
        {
            return OpenLocked(file);
        }
        catch (IOException e) when (IsLocked(e, file))
        {
            throw InUse(folder, holder.Read(), e);
        }
    }

    /// <summary>Only FileShare.None locks a file on every system, and a locked file cannot be read.</summary>
    private static FileStream OpenLocked(string file) => new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static bool IsLocked(IOException failure, string file) => failure.GetType() == typeof(IOException) && File.Exists(file);

    /// <summary>
    /// Whether the lock keeps every other server away: it has an effect, which .NET does not say where the file system knows no locks, and
    /// no other machine can have the folder. Network drives of FUSE, such as sshfs, have an unknown type, and locks for each mount.
    /// </summary>
    private bool IsLockReliable()
    {
        try
        {
            OpenLocked(_lock.Name).Dispose();
            return false;
        }
        catch (IOException e) when (IsLocked(e, _lock.Name))
        {
            return new DriveInfo(Path).DriveType is DriveType.Fixed or DriveType.Ram or DriveType.Removable;
        }
    }

    private SettingsException Release(string other)
    {
        _lock.Dispose();
        return InUse(Path, other, null);
    }

    private static SettingsException InUse(string folder, string holder, Exception? cause) =>
        Unusable($"The data folder {folder} is in use by another server ({holder}). Stop it, or choose another folder with --data.", cause);

    private static SettingsException Unusable(string message, Exception? cause) =>
        new(message, cause) { Setting = nameof(DataOptions.Data) };
}
