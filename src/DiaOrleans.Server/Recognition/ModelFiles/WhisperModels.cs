using System.Collections.Concurrent;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Recognition.ModelFiles;

/// <summary>
/// The files of Whisper models, by the names of their sizes: found in a folder, checked once, downloaded if that is allowed.
/// </summary>
/// <param name="folder">Path of the folder.</param>
/// <param name="options">Settings of downloads.</param>
/// <param name="published">The models that can be downloaded, by size.</param>
/// <param name="http">Client of the downloads; it is disposed of with this instance.</param>
/// <param name="logger">Log.</param>
internal sealed partial class WhisperModels(
    string folder,
    RecognitionOptions options,
    IReadOnlyDictionary<string, PublishedModel> published,
    HttpClient http,
    ILogger<WhisperModels> logger) : IDisposable
{
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentDictionary<string, (long Length, DateTime Written)> _checked = new();
    private readonly Dictionary<string, Task> _downloads = [];

    /// <summary>The sizes on disk, sorted by name.</summary>
    public IReadOnlyList<string> OnDisk => [.. published.Keys.Where(size => Find(size) is not null).Order(StringComparer.Ordinal)];

    /// <summary>Path of the model file of a size, or null if it is not on disk.</summary>
    public string? Find(string size)
    {
        if (!published.TryGetValue(size, out var model)) return null;
        string[] names = [model.File, $"ggml-{size}.bin"];
        return names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>All sizes, sorted by name.</summary>
    public IEnumerable<string> Sizes => published.Keys.Order(StringComparer.Ordinal);

    /// <summary>Whether there is a model of that size.</summary>
    public bool Knows(string size) => published.ContainsKey(size);

    /// <summary>Whether a model of that size is on disk, or may be downloaded if a client requests it.</summary>
    public bool CanHave(string size) => Knows(size) && (options.Downloads != ModelDownloads.Never || Find(size) is not null);

    /// <summary>Whether a model of that size is on disk, or may be downloaded without a request of a client.</summary>
    public bool CanHaveUnasked(string size) => Knows(size) && (options.Downloads == ModelDownloads.Always || Find(size) is not null);

    /// <summary>The state of the model of a size that is known in a sentence for people, without paths and addresses.</summary>
    public string Describe(string size)
    {
        if (Find(size) is not null) return $"The Whisper model {size} is on disk.";
        lock (_downloads)
        {
            if (_downloads.TryGetValue(size, out var last))
            {
                if (!last.IsCompleted) return $"The Whisper model {size} is being downloaded.";
                if (last.Exception?.InnerException is RecognitionException failed) return failed.Message;
            }
        }

        return $"The Whisper model {size} is not on disk; " + options.Downloads switch
        {
            ModelDownloads.Never => "downloads are off.",
            ModelDownloads.OnRequest => "the first request for a transcription downloads it.",
            _ => "it is downloaded when a recording waits for its transcript.",
        };
    }

    /// <summary>
    /// Path of the model file of a size, which is downloaded if it is missing and checked before its first use. Calls for the same size
    /// share a download.
    /// </summary>
    /// <param name="size">Name of the size.</param>
    /// <param name="cancellation">Ends the wait, not the download.</param>
    /// <exception cref="RecognizerUnavailableException">It is not on disk, and downloads are off.</exception>
    /// <exception cref="RecognitionException">The size is unknown, the download failed, or the file is damaged.</exception>
    public async Task<string> Obtain(string size, CancellationToken cancellation)
    {
        if (!published.TryGetValue(size, out var model))
        {
            throw Broken($"There is no Whisper model of that size. There are: {string.Join(", ", Sizes)}.");
        }

        if (Find(size) is null)
        {
            if (options.Downloads == ModelDownloads.Never)
                throw new RecognizerUnavailableException($"There is no Whisper model {size} here, and downloads are off.");
            await DownloadOnce(size).WaitAsync(cancellation);
        }

        var file = Find(size) ?? throw Broken($"The Whisper model {size} is gone.");
        await Check(file, size, model, cancellation);
        return file;
    }

    /// <summary>Downloads the published model of a size, unless its file is on disk.</summary>
    /// <param name="size">Name of the size, which is known.</param>
    /// <param name="observer">Is told how it goes on.</param>
    /// <param name="cancellation">Ends it; the next one continues it.</param>
    /// <returns>Path of the file.</returns>
    /// <exception cref="DownloadException">It was not downloaded.</exception>
    public async Task<string> Download(string size, IDownloadObserver observer, CancellationToken cancellation)
    {
        var model = published[size];
        using var hold = await DownloadLock.Take(folder, model.File, () => observer.Waits(model.File), cancellation);
        if (Find(size) is { } here) return here;
        var file = new RemoteFile(model.File, null, new Digest(DigestKind.Sha1, model.Sha1));
        var source = new HttpSource(new HttpFetch(http, options.Source, token: null), options.Source);
        var target = Path.Combine(folder, model.File);
        await new FileDownload(source, file, target, options.Limits, DiskSpace.OfMachine, observer).Run(cancellation);
        return target;
    }

    /// <summary>Deletes the file of a size, and what an unfinished download of it left. Returns false if there is neither.</summary>
    /// <exception cref="DownloadException">It cannot be deleted, or is being downloaded.</exception>
    public bool Remove(string size)
    {
        if (!published.TryGetValue(size, out var model)) return false;
        var part = Path.Combine(folder, model.File + ".part");
        string[] files = [.. ((string?[])[Find(size), part, part + ".json"]).OfType<string>().Where(File.Exists)];
        if (files.Length == 0) return false;
        using var hold = DownloadLock.TryTake(folder, model.File)
            ?? throw new DownloadException(DownloadFault.Storage, "it is being downloaded now");
        try
        {
            foreach (var file in files) File.Delete(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException(DownloadFault.Storage, "the folder of models cannot be written", e);
        }
    }

    /// <summary>
    /// Why the file of a size cannot be used, as the end of a sentence whose subject is the file; null if it is the published one, or
    /// another one in the same format.
    /// </summary>
    /// <param name="size">Name of a size that is on disk.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<string?> FindProblem(string size, CancellationToken cancellation)
    {
        var file = Find(size)!;
        return await new Digest(DigestKind.Sha1, published[size].Sha1).Matches(file, cancellation) ? null : GgmlHeader.FindProblem(file);
    }

    /// <summary>Ends the downloads.</summary>
    public void Dispose()
    {
        _stopped.Cancel();
        http.Dispose();
    }

    private static RecognitionException Broken(string message, Exception? cause = null) =>
        new(message, cause) { Fault = RecognitionFault.Model };

    private Task DownloadOnce(string size)
    {
        lock (_downloads)
        {
            if (_downloads.TryGetValue(size, out var running) && !running.IsCompleted) return running;
            return _downloads[size] = DownloadForClient(size);
        }
    }

    /// <summary>Its exceptions are for clients: they have no path and no address.</summary>
    private async Task DownloadForClient(string size)
    {
        try
        {
            await Download(size, new DownloadLog(logger, size, options.Source.Host), _stopped.Token);
        }
        catch (DownloadException e)
        {
            Log.Failed(logger, e);
            throw new RecognitionException($"The Whisper model {size} was not downloaded: {e.Message}.", e)
            {
                Fault = RecognitionFault.Download,
            };
        }
    }

    /// <summary>A file that is not the published one may be another model, such as a quantised one: then its header is checked.</summary>
    private async Task Check(string file, string size, PublishedModel model, CancellationToken cancellation)
    {
        var info = new FileInfo(file);
        var version = info.Exists ? (info.Length, info.LastWriteTimeUtc) : default;
        if (_checked.TryGetValue(file, out var before) && before == version) return;
        try
        {
            if (!await new Digest(DigestKind.Sha1, model.Sha1).Matches(file, cancellation))
            {
                if (GgmlHeader.FindProblem(file) is { } problem) throw Broken($"The file of the Whisper model {size} {problem}.");
                Log.Unknown(logger, size, file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Broken($"The file of the Whisper model {size} cannot be read.", e);
        }

        _checked[file] = version;
    }

    private static partial class Log
    {
        [LoggerMessage(605, LogLevel.Error, "A Whisper model is missing.")]
        public static partial void Failed(ILogger logger, Exception problem);

        [LoggerMessage(606, LogLevel.Warning, "{File} is not the published Whisper model {Size}; it is used as it is.")]
        public static partial void Unknown(ILogger logger, string size, string file);
    }
}
