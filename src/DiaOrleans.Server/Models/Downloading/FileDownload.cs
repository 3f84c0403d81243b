namespace DiaOrleans.Server.Models.Downloading;

/// <summary>
/// Downloads one file: what is missing of an earlier attempt, compared with the published size and digest, and put in place at once.
/// </summary>
internal sealed class FileDownload
{
    private readonly RemoteFile _file;
    private readonly string _target;
    private readonly DownloadLimits _limits;
    private readonly DiskSpace _space;
    private readonly IDownloadObserver _observer;
    private readonly FileTransfer _transfer;

    /// <summary>A download that has not started. The caller holds a <see cref="DownloadLock"/>.</summary>
    /// <param name="source">Where it comes from.</param>
    /// <param name="file">The file.</param>
    /// <param name="target">Path that it gets.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="space">Asked before the first byte is written.</param>
    /// <param name="observer">Is told how it goes on.</param>
    public FileDownload(
        IFileSource source,
        RemoteFile file,
        string target,
        DownloadLimits limits,
        DiskSpace space,
        IDownloadObserver observer)
    {
        _file = file;
        _target = target;
        _limits = limits;
        _space = space;
        _observer = observer;
        _transfer = new FileTransfer(source, file, limits, observer, Begin);
    }

    /// <summary>Downloads the file.</summary>
    /// <exception cref="DownloadException">There is no file; what came is kept for the next attempt unless it is wrong.</exception>
    public async Task Run(CancellationToken cancellation)
    {
        using var part = new PartFile(_target, _file, _limits.RecordBytes);
        while (true)
        {
            Begin(part);
            await _transfer.Run(part, cancellation);
            if (await IsPublished(part, cancellation)) break;
            if (!part.IsResumed)
            {
                part.Delete();
                throw new DownloadException(DownloadFault.Wrong, "what came is not the published file, and was deleted");
            }

            part.Clear();
        }

        part.Complete();
        _observer.Ends(_file);
    }

    private void Begin(PartFile part)
    {
        if (part.Size is { } size) _space.Require(Path.GetDirectoryName(_target)!, size - part.Count);
        _observer.Begins(_file, part.Count, part.Size);
    }

    private async Task<bool> IsPublished(PartFile part, CancellationToken cancellation)
    {
        if (part.Size is { } size && part.Count != size) return false;
        if (_file.Digest is null) return true;
        _observer.Verifies(_file);
        try
        {
            return await _file.Digest.Matches(part.PartPath, cancellation);
        }
        catch (IOException e)
        {
            throw new DownloadException(DownloadFault.Storage, "what came cannot be read back", e);
        }
    }
}
