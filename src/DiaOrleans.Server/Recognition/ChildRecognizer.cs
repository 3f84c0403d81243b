using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Server.Recognition.ChildProcess;
using DiaOrleans.Server.Recognition.ModelFiles;

namespace DiaOrleans.Server.Recognition;

/// <summary>
/// Recognises speech in a child process, so that a crash of native code does not end the server. There is one process, with one model, and
/// requests run one at a time. A request that is cancelled or takes too long ends the process, since native code cannot be stopped
/// otherwise. A process without requests ends after a while.
/// </summary>
internal sealed partial class ChildRecognizer : ISiloRecognizer, IDisposable
{
    private readonly WhisperModels _models;
    private readonly RecognitionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ChildRecognizer> _logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _swap = new();
    private readonly ITimer _idle;
    private WhisperProcess? _process;

    /// <summary>The size of the model that did not load when it was tried last; null if it did.</summary>
    private string? _brokenSize;
    private bool _isDisposed;

    /// <summary>A recogniser; the process starts with the first request.</summary>
    public ChildRecognizer(WhisperModels models, RecognitionOptions options, TimeProvider time, ILogger<ChildRecognizer> logger)
    {
        _models = models;
        _options = options;
        _time = time;
        _logger = logger;
        _idle = time.CreateTimer(_ => EndIdleProcess(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Id of the running process, or null.</summary>
    public int? ProcessId => Volatile.Read(ref _process) is { Alive: true } process ? process.Id : null;

    /// <inheritdoc/>
    public RecognizerReport Report() => new(_models.Sizes.ToDictionary(size => size, GetStatus));

    /// <inheritdoc/>
    public Task Fetch(string modelSize, CancellationToken cancellationToken) => !_models.CanHaveUnasked(modelSize)
        ? Task.FromException(new RecognizerUnavailableException(_models.Describe(modelSize)))
        : _models.Obtain(modelSize, cancellationToken);

    /// <inheritdoc/>
    public Task Load(string modelSize, CancellationToken cancellationToken) => !_models.Knows(modelSize)
        ? Task.FromException(new RecognizerUnavailableException("There is no Whisper model of that size."))
        : RunInTurn(modelSize, (_, _) => Task.FromResult(true), cancellationToken);

    /// <inheritdoc/>
    public Task<RecognizedSpeech> Recognize(float[] samples, string modelSize, bool asked, CancellationToken cancellationToken) =>
        !asked && _models.Knows(modelSize) && !_models.CanHaveUnasked(modelSize)
            ? Task.FromException<RecognizedSpeech>(new RecognizerUnavailableException(_models.Describe(modelSize)))
            : RunInTurn(modelSize, (process, stop) => process.Recognize(samples, stop), cancellationToken);

    /// <summary>Ends the process; a running request fails.</summary>
    public void Dispose()
    {
        lock (_swap)
        {
            _isDisposed = true;
            _process?.Dispose();
        }

        _idle.Dispose();
    }

    private RecognizerStatus GetStatus(string size)
    {
        var isOnDisk = _models.Find(size) is not null;
        var isLoaded = Volatile.Read(ref _process) is { Alive: true } process && process.Size == size;
        return new RecognizerStatus(
            _models.CanHave(size),
            _models.CanHaveUnasked(size),
            isOnDisk,
            isLoaded,
            isLoaded ? $"The Whisper model {size} is loaded."
            : isOnDisk && Volatile.Read(ref _brokenSize) == size
            ? $"The Whisper model {size} is on disk, and did not load; the server's log says why."
            : _models.Describe(size));
    }

    private async Task<T> RunInTurn<T>(
        string size,
        Func<WhisperProcess, CancellationToken, Task<T>> request,
        CancellationToken cancellation)
    {
        try
        {
            var answer = await RunWithProcess(size, request, cancellation);
            Volatile.Write(ref _brokenSize, null);
            return answer;
        }
        catch (RecognitionException e) when (e.Fault == RecognitionFault.Model)
        {
            Volatile.Write(ref _brokenSize, size);
            throw;
        }
    }

    private async Task<T> RunWithProcess<T>(
        string size,
        Func<WhisperProcess, CancellationToken, Task<T>> request,
        CancellationToken cancellation)
    {
        var file = await _models.Obtain(size, cancellation);
        await _turn.WaitAsync(cancellation);
        try
        {
            _idle.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return await TimeLimits.Run(
                _options.AnswerLimit,
                _time,
                async stop => await request(await GetProcess(size, file, stop), stop),
                CreateTimeout,
                cancellation);
        }
        finally
        {
            if (_process is { Alive: true }) _idle.Change(_options.IdleLimit, Timeout.InfiniteTimeSpan);
            _turn.Release();
        }
    }

    private RecognitionException CreateTimeout() =>
        new($"Speech recognition did not answer for {_options.AnswerLimit.TotalMinutes:0.#} minutes and was ended.");

    private async Task<WhisperProcess> GetProcess(string size, string file, CancellationToken stop)
    {
        if (_process is not { Alive: true } || _process.Size != size)
        {
            Replace(null);
            Replace(await WhisperProcess.Start(size, file, _options.ThreadCount, _logger, stop));
        }

        return _process!;
    }

    private void Replace(WhisperProcess? process)
    {
        lock (_swap)
        {
            _process?.Dispose();
            Volatile.Write(ref _process, process);
            if (_isDisposed) process?.Dispose();
        }
    }

    private void EndIdleProcess()
    {
        if (!_turn.Wait(0)) return;
        try
        {
            if (_process is { Alive: true } process) Log.Unloaded(_logger, process.Size);
            Replace(null);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(401, LogLevel.Information, "The Whisper model {Size} is unloaded: it has not been used for a while.")]
        public static partial void Unloaded(ILogger logger, string size);
    }
}
