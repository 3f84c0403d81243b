namespace DiaOrleans.Server.Models.Downloading;

/// <summary>Files of a local folder, such as a mounted mirror.</summary>
/// <param name="folder">Path of the folder.</param>
internal sealed class FolderSource(string folder) : IFileSource
{
    /// <inheritdoc/>
    public string Name => folder;

    /// <inheritdoc/>
    public Task<FileAnswer> Open(string path, long from, long? to, CancellationToken cancellation)
    {
        try
        {
            const FileOptions Sequential = FileOptions.Asynchronous | FileOptions.SequentialScan;
            var file = new FileStream(Path.Combine(folder, path), FileMode.Open, FileAccess.Read, FileShare.Read, 1, Sequential);
            file.Position = Math.Min(from, file.Length);
            return Task.FromResult(new FileAnswer(file, file) { From = file.Position, Size = file.Length, IsRange = true });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DownloadException(DownloadFault.NotFound, "its source has no such file", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DownloadException(DownloadFault.Refused, "its source may not be read", e);
        }
    }
}
