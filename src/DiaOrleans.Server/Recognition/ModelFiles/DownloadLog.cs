using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Recognition.ModelFiles;

/// <summary>Writes the download of a Whisper model to the log.</summary>
/// <param name="logger">The log.</param>
/// <param name="size">Name of the model's size.</param>
/// <param name="host">Where it comes from.</param>
internal sealed partial class DownloadLog(ILogger logger, string size, string host) : IDownloadObserver
{
    private const int Steps = 10;

    private readonly Lock _lock = new();
    private long _done;
    private long? _size;
    private long _logged;

    /// <inheritdoc/>
    public void Waits(string what) => Log.Waits(logger, size);

    /// <inheritdoc/>
    public void Begins(RemoteFile file, long done, long? total)
    {
        lock (_lock)
        {
            if (_size is null && _done == 0) Log.Begins(logger, size, host);
            _done = done;
            _size = total;
            _logged = CountSteps();
        }
    }

    /// <inheritdoc/>
    public void Advances(RemoteFile file, int bytes)
    {
        lock (_lock)
        {
            _done += bytes;
            if (CountSteps() <= _logged) return;
            _logged = CountSteps();
            Log.Progress(logger, size, 100 / Steps * _logged, _done >> 20);
        }
    }

    /// <inheritdoc/>
    public void Resumes(RemoteFile file, Exception cause, TimeSpan wait) => Log.Resumes(logger, size, Explain(cause), wait.TotalSeconds);

    /// <inheritdoc/>
    public void Verifies(RemoteFile file)
    {
    }

    /// <inheritdoc/>
    public void Ends(RemoteFile file) => Log.Ends(logger, size);

    /// <summary>Without the traces of a fault that is repeated while a machine has no network.</summary>
    private static string Explain(Exception cause)
    {
        var origin = cause.GetBaseException();
        return origin == cause ? cause.Message : $"{cause.Message} ({origin.Message})";
    }

    private long CountSteps() => _size is > 0 and var all ? _done * Steps / all : 0;

    private static partial class Log
    {
        [LoggerMessage(601, LogLevel.Information, "The Whisper model {Size} is downloaded from {Host}.")]
        public static partial void Begins(ILogger logger, string size, string host);

        [LoggerMessage(602, LogLevel.Information, "The Whisper model {Size}: {Percent} %, {Mebibytes} MiB.")]
        public static partial void Progress(ILogger logger, string size, long percent, long mebibytes);

        [LoggerMessage(603, LogLevel.Warning, "The download of the Whisper model {Size} waits {Seconds:0.#} s: {Reason}.")]
        public static partial void Resumes(ILogger logger, string size, string reason, double seconds);

        [LoggerMessage(604, LogLevel.Information, "The Whisper model {Size} is downloaded and verified.")]
        public static partial void Ends(ILogger logger, string size);

        [LoggerMessage(607, LogLevel.Information, "Another process downloads the Whisper model {Size}; this one waits for it.")]
        public static partial void Waits(ILogger logger, string size);
    }
}
