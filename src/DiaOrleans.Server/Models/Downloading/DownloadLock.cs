namespace DiaOrleans.Server.Models.Downloading;

/// <summary>
/// Held by the process that downloads something, so that another one waits for it. The system releases it if the process dies. The files
/// of locks stay: to delete one that another process waits for would let two hold it.
/// </summary>
internal sealed class DownloadLock : IDisposable
{
    private const string FolderName = ".locks";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly FileStream _file;

    private DownloadLock(FileStream file) => _file = file;

    /// <summary>Takes a lock as soon as no other process holds it.</summary>
    /// <param name="folder">The folder that is written.</param>
    /// <param name="name">A file name for what is downloaded.</param>
    /// <param name="waiting">Called once if another process holds it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="DownloadException">The folder cannot be written.</exception>
    public static async Task<DownloadLock> Take(string folder, string name, Action waiting, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, FolderName, name);
        for (var attempt = 0; ; attempt++)
        {
            if (TryTake(path) is { } taken) return taken;
            if (attempt == 0) waiting();
            await Task.Delay(Period, cancellation);
        }
    }

    /// <summary>Takes a lock, or returns null if another process holds it.</summary>
    /// <exception cref="DownloadException">The folder cannot be written.</exception>
    public static DownloadLock? TryTake(string folder, string name) => TryTake(Path.Combine(folder, FolderName, name));

    /// <summary>Releases it.</summary>
    public void Dispose() => _file.Dispose();

    private static DownloadLock? TryTake(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new DownloadLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(path))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException(DownloadFault.Storage, "the folder of models cannot be written", e);
        }
    }
}
