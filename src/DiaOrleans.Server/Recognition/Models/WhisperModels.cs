using System.Collections.Concurrent;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Server.Recognition.Models;

/// <summary>The model files of speech recognition, by the size's name: found in a folder, checked once, downloaded where that is allowed.</summary>
internal sealed partial class WhisperModels(RecognitionOptions options, IReadOnlyDictionary<string, PublishedModel> published, HttpClient http, ILogger<WhisperModels> logger) : IDisposable
{
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentDictionary<string, (long Length, DateTime Written)> _checked = new();
    private readonly Dictionary<string, Task> _downloads = [];

    /// <summary>The model file of a size, or null where there is none on disk.</summary>
    public string? Find(string size)
    {
        if (!published.TryGetValue(size, out var model)) return null;
        return ((string[])[model.File, $"ggml-{size}.bin"]).Select(name => Path.Combine(options.Folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>The sizes on disk.</summary>
    public IReadOnlyList<string> OnDisk => [.. published.Keys.Where(size => Find(size) is not null).Order(StringComparer.Ordinal)];

    /// <summary>There is such a size.</summary>
    public bool Knows(string size) => published.ContainsKey(size);

    /// <summary>A model of that size is on disk or may be downloaded if a client asks.</summary>
    public bool CanHave(string size) => Knows(size) && (options.Downloads != ModelDownloads.Never || Find(size) is not null);

    /// <summary>A model of that size is on disk or may be downloaded without being asked.</summary>
    public bool CanHaveUnasked(string size) => Knows(size) && (options.Downloads == ModelDownloads.WhenNeeded || Find(size) is not null);

    /// <summary>The model file of a size, downloaded where it is missing, checked when it is first asked for. A download goes on when its caller leaves.</summary>
    /// <exception cref="RecognizerUnavailableException">It is not on disk, and downloads are off.</exception>
    /// <exception cref="RecognitionException">The size is unknown, the download failed, or the file is damaged.</exception>
    public async Task<string> Obtain(string size, CancellationToken cancellation)
    {
        if (!published.TryGetValue(size, out var model)) throw new RecognitionException($"There is no Whisper model of that size. There are: {string.Join(", ", published.Keys.Order(StringComparer.Ordinal))}.") { Fault = RecognitionFault.Model };
        if (Find(size) is null)
        {
            if (options.Downloads == ModelDownloads.Never)
                throw new RecognizerUnavailableException($"There is no Whisper model {size} here, and downloads are off.");
            await Download(size, model).WaitAsync(cancellation);
        }

        var file = Find(size) ?? throw new RecognitionException($"The Whisper model {size} is gone.") { Fault = RecognitionFault.Model };
        await Check(file, size, model, cancellation);
        return file;
    }

    public void Dispose()
    {
        _stopped.Cancel();
        http.Dispose();
    }

    private Task Download(string size, PublishedModel model)
    {
        lock (_downloads)
        {
            if (_downloads.TryGetValue(size, out var running) && !running.IsCompleted) return running;
            return _downloads[size] = new ModelDownload(http, model, size, options, logger).Run(_stopped.Token);
        }
    }

    /// <summary>A file that is not the published one may still be a model: somebody's own, or a smaller variant.</summary>
    private async Task Check(string file, string size, PublishedModel model, CancellationToken cancellation)
    {
        var now = new FileInfo(file) is var info ? (info.Length, info.LastWriteTimeUtc) : default;
        if (_checked.TryGetValue(file, out var before) && before == now) return;
        try
        {
            if (await ModelDownload.Sha1(file, cancellation) != model.Sha1)
            {
                if (GgmlHeader.Problem(file) is { } problem) throw new RecognitionException($"The file of the Whisper model {size} {problem}.") { Fault = RecognitionFault.Model };
                Log.Unknown(logger, size, file);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new RecognitionException($"The file of the Whisper model {size} cannot be read.", problem) { Fault = RecognitionFault.Model };
        }

        _checked[file] = now;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{File} is not the published Whisper model {Size}; it is used as it is.")]
        public static partial void Unknown(ILogger logger, string size, string file);
    }
}
