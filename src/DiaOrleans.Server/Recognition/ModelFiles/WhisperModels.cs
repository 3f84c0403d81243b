using System.Collections.Concurrent;
using DiaOrleans.Grains.Recognition;

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

    /// <summary>Whether there is a model of that size.</summary>
    public bool Knows(string size) => published.ContainsKey(size);

    /// <summary>Whether a model of that size is on disk, or may be downloaded if a client requests it.</summary>
    public bool CanHave(string size) => Knows(size) && (options.Downloads != ModelDownloads.Never || Find(size) is not null);

    /// <summary>Whether a model of that size is on disk, or may be downloaded without a request of a client.</summary>
    public bool CanHaveUnasked(string size) => Knows(size) && (options.Downloads == ModelDownloads.Always || Find(size) is not null);

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
            var sizes = string.Join(", ", published.Keys.Order(StringComparer.Ordinal));
            throw Broken($"There is no Whisper model of that size. There are: {sizes}.");
        }

        if (Find(size) is null)
        {
            if (options.Downloads == ModelDownloads.Never)
                throw new RecognizerUnavailableException($"There is no Whisper model {size} here, and downloads are off.");
            await Download(size, model).WaitAsync(cancellation);
        }

        var file = Find(size) ?? throw Broken($"The Whisper model {size} is gone.");
        await Check(file, size, model, cancellation);
        return file;
    }

    /// <summary>Ends the downloads.</summary>
    public void Dispose()
    {
        _stopped.Cancel();
        http.Dispose();
    }

    private static RecognitionException Broken(string message, Exception? cause = null) =>
        new(message, cause) { Fault = RecognitionFault.Model };

    private Task Download(string size, PublishedModel model)
    {
        lock (_downloads)
        {
            if (_downloads.TryGetValue(size, out var running) && !running.IsCompleted) return running;
            return _downloads[size] = new ModelDownload(http, model, size, folder, options, logger).Run(_stopped.Token);
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
            if (await PartialFile.ComputeSha1(file, cancellation) != model.Sha1)
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
        [LoggerMessage(606, LogLevel.Warning, "{File} is not the published Whisper model {Size}; it is used as it is.")]
        public static partial void Unknown(ILogger logger, string size, string file);
    }
}
