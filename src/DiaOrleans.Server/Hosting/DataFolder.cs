using System.Globalization;

namespace DiaOrleans.Server.Hosting;

/// <summary>The server's data folder, held alone: a second server on it would write over the first one's state.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "server.lock";
    private const string HolderName = "server.txt";

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "dia.db");

    /// <exception cref="SettingsException">Another server has it, or it cannot be written.</exception>
    public static DataFolder Open(string path, int port, TimeProvider time)
    {
        var full = System.IO.Path.GetFullPath(path);
        var file = System.IO.Path.Combine(full, LockName);
        try
        {
            Directory.CreateDirectory(full);
            // Only FileShare.None locks a file everywhere, and a locked file cannot be read: who holds it stands beside it.
            var held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(System.IO.Path.Combine(full, HolderName), string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}, port {port}, since {time.GetUtcNow():u}"));
            return new DataFolder(full, held);
        }
        catch (IOException problem) when (File.Exists(file))
        {
            throw new SettingsException($"The data folder {path} is in use by another server ({Holder(System.IO.Path.Combine(full, HolderName))}). Stop it, or choose another folder with --data.", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The data folder {path} cannot be written: {problem.Message}", problem);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static string Holder(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "it does not say which";
        }
    }
}
