using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Server.Recognition.Models;
using DiaOrleans.Server.Recognition.Workers;

namespace DiaOrleans.Server.Recognition;

/// <summary>
/// Recognises speech in a process of its own, so that a crash of native code ends that one and not the server. One process with one model at a time; requests
/// wait for each other; one that is cancelled or takes too long ends the process, since native code does not stop otherwise; one that nobody needs for a while ends too.
/// </summary>
internal sealed partial class ChildRecognizer : ISpeechRecognizer, IDisposable
{
    private readonly WhisperModels _models;
    private readonly RecognitionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ChildRecognizer> _logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _swap = new();
    private readonly ITimer _idle;
    private WhisperProcess? _worker;
    private bool _disposed;

    public ChildRecognizer(WhisperModels models, RecognitionOptions options, TimeProvider time, ILogger<ChildRecognizer> logger)
    {
        (_models, _options, _time, _logger) = (models, options, time, logger);
        _idle = time.CreateTimer(_ => Rest(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The process that runs now, or null.</summary>
    public int? ProcessId => Volatile.Read(ref _worker) is { Alive: true } worker ? worker.Id : null;

    public RecognizerStatus GetStatus(string modelSize) =>
        new(
            Available: _models.CanHave(modelSize),
            AvailableUnasked: _models.CanHaveUnasked(modelSize),
            OnDisk: _models.Find(modelSize) is not null,
            ModelLoaded: Volatile.Read(ref _worker) is { Alive: true } worker && worker.Size == modelSize);

    public Task Fetch(string modelSize, CancellationToken cancellationToken) => _models.Obtain(modelSize, cancellationToken);

    public Task Load(string modelSize, CancellationToken cancellationToken) => !_models.Knows(modelSize)
        ? Task.FromException(new RecognizerUnavailableException("There is no Whisper model of that size."))
        : InTurn(modelSize, (_, _) => Task.FromResult(true), cancellationToken);

    public Task<RecognizedSpeech> Recognize(ReadOnlyMemory<float> samples, string modelSize, CancellationToken cancellationToken) =>
        InTurn(modelSize, (worker, stop) => worker.Recognize(samples, stop), cancellationToken);

    public void Dispose()
    {
        lock (_swap)
        {
            _disposed = true;
            _worker?.Dispose();
        }

        _idle.Dispose();
    }

    private async Task<T> InTurn<T>(string size, Func<WhisperProcess, CancellationToken, Task<T>> request, CancellationToken cancellation)
    {
        var file = await _models.Obtain(size, cancellation);
        await _turn.WaitAsync(cancellation);
        try
        {
            _idle.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return await TimeLimits.Run(_options.Longest, _time, async stop => await request(await WorkerOf(size, file, stop), stop), Hung, cancellation);
        }
        finally
        {
            if (_worker is { Alive: true }) _idle.Change(_options.Idle, Timeout.InfiniteTimeSpan);
            _turn.Release();
        }
    }

    private RecognitionException Hung() => new($"Speech recognition did not answer for {_options.Longest.TotalMinutes:0.#} minutes and was ended.");

    private async Task<WhisperProcess> WorkerOf(string size, string file, CancellationToken stop)
    {
        if (_worker is not { Alive: true } || _worker.Size != size)
        {
            Replace(null);
            Replace(await WhisperProcess.Start(size, file, _options.Threads, _logger, stop));
        }

        return _worker!;
    }

    private void Replace(WhisperProcess? worker)
    {
        lock (_swap)
        {
            _worker?.Dispose();
            Volatile.Write(ref _worker, worker);
            if (_disposed) worker?.Dispose();
        }
    }

    private void Rest()
    {
        if (!_turn.Wait(0)) return;
        try
        {
            if (_worker is { Alive: true } worker) Log.Rests(_logger, worker.Size);
            Replace(null);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The Whisper model {Size} leaves memory: nobody has needed it for a while.")]
        public static partial void Rests(ILogger logger, string size);
    }
}
