using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// The engine of one device: admission, and threads that decode texts to codes, decode codes to samples, and encode recordings to codes.
/// </summary>
public sealed partial class SpeechEngine : ISpeechEngine, ICallObserver
{
    private const int MaxWaitingCalls = 64;

    // As many as the first window of the codec has: their samples follow in the next event.
    private const int FramesPerEvent = 8;

    private const string BrokenReason = "The engine is broken; the server's log says why.";

    /// <summary>How often quantising is logged between its begin and its end.</summary>
    private static readonly TimeSpan QuantisingPeriod = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan EncodingRetry = TimeSpan.FromSeconds(5);

    private readonly SpeechModel _model;
    private readonly Admission _admission;
    private readonly ILogger _logger;
    private readonly RequestQueue _waiting;
    private readonly DecodeSpeed _speed;
    private readonly DrainGate _admitted = new();
    private readonly CodecLoop _codec;
    private readonly EncodingLoop _encoding;
    private readonly BatchSchedulers _decoder;
    private readonly EngineHealth _health;
    private readonly StallWatch _watch;
    private readonly StallWatch.Activity[] _activities;
    private readonly AdmittedCalls _calls;
    private int _disposed;

    private SpeechEngine(SpeechModel model, ModelOptions options, ILogger logger, TimeProvider time, IEngineObserver observer)
    {
        _model = model;
        _logger = logger;
        Model = model.Describe();
        _admission = new Admission(model, Model);
        _waiting = new RequestQueue(options.MaxWaitingSeconds, MaxWaitingCalls);
        _speed = new DecodeSpeed(Model.FrameRate, model.Dia.Decoders.Count);
        _calls = new AdmittedCalls(_waiting, _admitted, new RefusalWait(time), Model.FrameRate);
        _health = new EngineHealth(EndAll);
        _codec = new CodecLoop(model.Codec, this);
        _encoding = new EncodingLoop(model.Codec, EncodingEnded);
        var memory = new CacheMemory(model.Dia.Target.Device == Device.Cpu ? options.AvailableMemory : null);
        _decoder = new BatchSchedulers(model.Dia, _waiting, memory, _speed, time, this, observer);
        _activities = [.. _decoder.Activities, .. _codec.Activities];
        _watch = new StallWatch(_activities, time, _health.Break);
    }

    /// <inheritdoc />
    public ModelDescription Model { get; }

    /// <inheritdoc />
    public int Slots => _model.Dia.Decoders.Sum(decoder => decoder.Slots);

    /// <inheritdoc />
    public EngineFault? Fault => _health.Fault;

    /// <inheritdoc />
    public EngineProgress Progress => new(_activities.Any(activity => activity.IsLate), _speed.Step);

    /// <inheritdoc />
    public EngineLoad Load => new(_decoder.Active, _waiting.Count, _waiting.BacklogSeconds, _speed.RealTimeFactor);

    /// <summary>Reads a checkpoint and starts its engine. Takes seconds to minutes, by the model's size.</summary>
    /// <param name="options">The model, and how it is run.</param>
    /// <param name="logger">Log of failed calls.</param>
    /// <param name="time">Measures the steps; null takes the system's clock.</param>
    /// <param name="observer">Receives what the engine measures; null drops it.</param>
    /// <exception cref="Checkpoints.CheckpointException">
    /// The folder holds no checkpoint that can be served; the message says what was found.
    /// </exception>
    public static SpeechEngine Open(
        ModelOptions options,
        ILogger<SpeechEngine> logger,
        TimeProvider? time = null,
        IEngineObserver? observer = null)
    {
        time ??= TimeProvider.System;
        var reported = time.GetTimestamp();
        var model = SpeechModel.Load(options, p =>
        {
            if (p.Percent is not 0 and not 100 && time.GetElapsedTime(reported) < QuantisingPeriod) return;
            reported = time.GetTimestamp();
            Log.Quantising(logger, NameOf(p.Checkpoint), NameOf(p.File), p.Percent);
        });
        return new SpeechEngine(model, options, logger, time, observer ?? NullEngineObserver.Instance);

        static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
    }

    /// <inheritdoc />
    public EngineAdmission TryStart(SpeechCall call)
    {
        if (Fault is not null) return new EngineAdmission(null, EngineRefusal.Broken, BrokenReason);
        if (_admission.Unservable(call, out var prepared) is { } reason) return new EngineAdmission(null, EngineRefusal.Unservable, reason);
        switch (_calls.TryAdd(prepared!))
        {
            case EngineRefusal.Draining:
                return new EngineAdmission(null, EngineRefusal.Draining, DrainGate.Draining);
            case EngineRefusal.Busy:
                var retryAfter = _calls.Refuse(prepared!, _speed.TimeFor);
                return new EngineAdmission(null, EngineRefusal.Busy, "The engine's queue is full.", retryAfter);
        }

        Follow(prepared!);
        _decoder.Wake();
        return new EngineAdmission(prepared!.Run, EngineRefusal.None);
    }

    /// <inheritdoc />
    public EncodingAdmission TryEncode(float[] samples)
    {
        if (Fault is not null) return new EncodingAdmission(null, EngineRefusal.Broken, BrokenReason);
        if (_admission.Unservable(samples) is { } reason) return new EncodingAdmission(null, EngineRefusal.Unservable, reason);
        var run = new EncodingRun(samples);
        return _admitted.TryAdd(() => _encoding.TryAdd(run)) switch
        {
            EngineRefusal.Draining => new EncodingAdmission(null, EngineRefusal.Draining, DrainGate.Draining),
            EngineRefusal.Busy =>
                new EncodingAdmission(null, EngineRefusal.Busy, "The engine's queue of recordings is full.", EncodingRetry),
            _ => new EncodingAdmission(run, EngineRefusal.None),
        };
    }

    /// <inheritdoc />
    public async Task DrainAsync(CancellationToken limit)
    {
        try
        {
            await _admitted.Drain().WaitAsync(limit).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Log.DrainCutShort(_logger, _admitted.Count);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return ValueTask.CompletedTask;
        _ = _admitted.Drain();
        _watch.Dispose();
        // A thread in a native call that does not return uses the model for ever.
        if (Fault is { IsStalled: true }) return ValueTask.CompletedTask;
        _decoder.Dispose();
        _codec.Dispose();
        _encoding.Dispose();
        _model.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    void ICallObserver.Decoded(QueuedCall call, SpeechGrid grid)
    {
        // Before the windows: the codes of a frame are reported before its samples.
        var reported = call.Run.Frames;
        var fresh = grid.FramesDone - reported;
        if (fresh >= FramesPerEvent || (fresh > 0 && grid.Finished)) call.Run.Append(grid.Codes(reported, grid.FramesDone));
        while (call.Windows.TryCut(grid, out var piece)) _codec.Add(call, piece);
    }

    /// <inheritdoc />
    void ICallObserver.Finished(QueuedCall call, SpeechGrid grid)
    {
        if (!_calls.TryEnd(call, isComplete: true)) return;
        _health.Completed();
        call.Run.Complete(grid.EndedByItself);
    }

    /// <inheritdoc />
    void ICallObserver.Failed(QueuedCall call, Exception cause) => Fail(call, cause);

    private void Fail(QueuedCall call, Exception cause)
    {
        if (!_calls.TryEnd(call, isComplete: false)) return;
        if (cause is not (OperationCanceledException or EngineBrokenException)) Log.CallFailed(_logger, cause);
        call.Run.Fail(cause);
        // If the codec failed, the decoder need not go on.
        call.Run.Cancel();
        _health.Failed(cause);
    }

    private void Follow(QueuedCall call)
    {
        call.Run.Stop.Register(() =>
        {
            if (_waiting.TryRemove(call)) Fail(call, new OperationCanceledException(call.Run.Stop));
        });
        if (Fault is { } fault) Fail(call, new EngineBrokenException(fault));
    }

    /// <summary>The engine is broken: its calls end, although some of its threads may never return.</summary>
    private void EndAll(EngineFault fault)
    {
        Log.Broken(_logger, fault.Reason);
        foreach (var call in _calls.All) Fail(call, new EngineBrokenException(fault));
    }

    private void EncodingEnded(EncodingRun run, Exception? cause)
    {
        if (cause is not (null or OperationCanceledException)) Log.EncodingFailed(_logger, cause);
        _admitted.Remove();
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Error, "A call failed in the engine")]
        public static partial void CallFailed(ILogger logger, Exception cause);

        [LoggerMessage(102, LogLevel.Warning, "The time limit of the drain has passed: {Calls} calls and recordings are stopped")]
        public static partial void DrainCutShort(ILogger logger, int calls);

        [LoggerMessage(105, LogLevel.Critical, "The engine is broken, and its calls end: {Reason}")]
        public static partial void Broken(ILogger logger, string reason);

        [LoggerMessage(103, LogLevel.Error, "A recording could not be encoded")]
        public static partial void EncodingFailed(ILogger logger, Exception cause);

        [LoggerMessage(104, LogLevel.Information, "Quantising the weights of {Checkpoint} to {File}, once: {Percent} %")]
        public static partial void Quantising(ILogger logger, string checkpoint, string file, int percent);
    }
}
