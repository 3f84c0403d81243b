using System.Globalization;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// The server's data folder, locked: a second server on it would overwrite the state of the first. Only this user can open it.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "server.lock";
    private const string HolderName = "server.txt";

    private readonly FileStream _lock;
    private readonly DateTimeOffset _since;

    private DataFolder(string path, FileStream heldLock, DateTimeOffset since)
    {
        Path = path;
        _lock = heldLock;
        _since = since;
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Path of the database file.</summary>
    public string Database => System.IO.Path.Combine(Path, "dia.db");

    /// <summary>Path of the folder of what is made from checkpoints, and made again if it is missing.</summary>
    public string Cache => CacheIn(Path);

    /// <summary>Absolute path of the cache in a data folder.</summary>
    public static string CacheIn(string path) => System.IO.Path.Combine(System.IO.Path.GetFullPath(path), "cache");

    /// <summary>Creates the folder if it is missing, and locks it until it is disposed of.</summary>
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
            var folder = new DataFolder(full, Lock(full), time.GetUtcNow());
            folder.WriteHolder(port);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"The data folder {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Writes which process uses the folder, for the message that a second server gives.</summary>
    /// <param name="port">Port that this server listens on.</param>
    public void WriteHolder(int port)
    {
        var holder = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}, port {port}, since {_since:u}");
        File.WriteAllText(System.IO.Path.Combine(Path, HolderName), holder);
    }

    /// <summary>Unlocks the folder.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string folder)
    {
        var file = System.IO.Path.Combine(folder, LockName);
        try
        {
            // Only FileShare.None locks a file on every system, and a locked file cannot be read: the holder is in a file of its own.
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(file))
        {
            var holder = ReadHolder(folder);
            const string Advice = "Stop it, or choose another folder with --data.";
            throw Unusable($"The data folder {folder} is in use by another server ({holder}). {Advice}", e);
        }
    }

    private static string ReadHolder(string folder)
    {
        try
        {
            return File.ReadAllText(System.IO.Path.Combine(folder, HolderName));
        }
        catch (IOException)
        {
            return "it does not say which";
        }
    }

    private static SettingsException Unusable(string message, Exception cause) =>
        new(message, cause) { Setting = nameof(DataOptions.Data) };
}
