using System.Globalization;

namespace DiaOrleans.Server.Hosting;

/// <summary>The server's data folder, held alone: a second server on it would write over the first one's state.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "server.lock";
    private const string HolderName = "server.txt";

    private readonly FileStream _lock;
    private readonly DateTimeOffset _since;

    private DataFolder(string path, FileStream held, DateTimeOffset since) => (Path, _lock, _since) = (path, held, since);

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "dia.db");

    /// <exception cref="SettingsException">Another server has it, or it cannot be written.</exception>
    public static DataFolder Open(string path, int port, TimeProvider time)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
            var folder = new DataFolder(full, Lock(full), time.GetUtcNow());
            folder.Announce(port);
            return folder;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The data folder {path} cannot be written: {problem.Message}", problem);
        }
    }

    /// <summary>Says who holds the folder, for the message that a second server gives.</summary>
    public void Announce(int port) =>
        File.WriteAllText(System.IO.Path.Combine(Path, HolderName), string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}, port {port}, since {_since:u}"));

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string folder)
    {
        var file = System.IO.Path.Combine(folder, LockName);
        try
        {
            // Only FileShare.None locks a file everywhere, and a locked file cannot be read: who holds it stands beside it.
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem) when (problem.GetType() == typeof(IOException) && File.Exists(file))
        {
            throw new SettingsException($"The data folder {folder} is in use by another server ({Holder(folder)}). Stop it, or choose another folder with --data.", problem);
        }
    }

    private static string Holder(string folder)
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
}
