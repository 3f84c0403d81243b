using System.Threading.Channels;
using DiaOrleans.Inference.Decoding;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Inference.Serving;

/// <summary>The engine of one device: admission, the decode loop on its own thread, and a second thread that turns finished codes into samples.</summary>
public sealed partial class SpeechEngine : ISpeechEngine
{
    private const int MaxWaitingCalls = 64;
    private const double SecondsPerTextId = 0.07;

    private readonly DiaModel _model;
    private readonly ILogger _logger;
    private readonly WaitingRoom _waiting;
    private readonly DecodeSpeed _speed;
    private readonly DecodeLoop _loop;
    private readonly Channel<(PreparedCall Call, SpeechGrid Grid)> _decoded = Channel.CreateUnbounded<(PreparedCall, SpeechGrid)>();
    private readonly Thread _codecThread;
    private readonly Lock _drainLock = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _admitted;
    private bool _draining;
    private int _disposed;

    private SpeechEngine(DiaModel model, ModelOptions options, ILogger logger, TimeProvider time)
    {
        (_model, _logger) = (model, logger);
        Model = model.Describe();
        _waiting = new WaitingRoom(options.MaxWaitingSeconds, MaxWaitingCalls);
        _speed = new DecodeSpeed(Model.FrameRate);
        _loop = new DecodeLoop(model, _waiting, _speed, time, (call, grid) => _decoded.Writer.TryWrite((call, grid)), Fail);
        _codecThread = new Thread(DecodeCodes) { Name = "dia codec", IsBackground = true };
        _codecThread.Start();
    }

    /// <inheritdoc />
    public ModelDescription Model { get; }

    /// <inheritdoc />
    public EngineLoad Load => new(_loop.Active, _waiting.Count, _waiting.BacklogSeconds, _speed.RealTimeFactor);

    /// <summary>Reads a checkpoint and starts its engine. Takes seconds to minutes, by the model's size.</summary>
    /// <exception cref="Checkpoints.CheckpointException">The folder holds no checkpoint that can be served; the message says what was found.</exception>
    public static SpeechEngine Open(ModelOptions options, ILogger<SpeechEngine> logger, TimeProvider? time = null) =>
        new(DiaModel.Load(options), options, logger, time ?? TimeProvider.System);

    /// <inheritdoc />
    public EngineAdmission TryStart(SpeechCall call)
    {
        if (Unservable(call, out var ids, out var maxFrames) is { } reason) return new EngineAdmission(null, EngineRefusal.Unservable, reason);
        var prepared = new PreparedCall(new SpeechRun(call), ids, maxFrames, Predict(ids.Length, maxFrames));
        lock (_drainLock)
        {
            if (_draining) return new EngineAdmission(null, EngineRefusal.Draining, "The engine finishes what it has and takes no more.");
            if (!_waiting.TryEnter(prepared)) return new EngineAdmission(null, EngineRefusal.Busy, "The engine has all the work it may hold.", _speed.TimeFor(_waiting.BacklogSeconds));
            _admitted++;
        }

        prepared.Run.Stop.Register(() =>
        {
            if (_waiting.TryRemove(prepared)) Fail(prepared, new OperationCanceledException(prepared.Run.Stop));
        });
        _loop.Wake();
        return new EngineAdmission(prepared.Run, EngineRefusal.None);
    }

    /// <inheritdoc />
    public async Task DrainAsync(CancellationToken limit)
    {
        lock (_drainLock)
        {
            _draining = true;
            if (_admitted == 0) _drained.TrySetResult();
        }

        try
        {
            await _drained.Task.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Log.DrainCutShort(_logger, _loop.Active + _waiting.Count);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return ValueTask.CompletedTask;
        lock (_drainLock) _draining = true;
        _loop.Dispose();
        _decoded.Writer.TryComplete();
        _codecThread.Join();
        _model.Dispose();
        return ValueTask.CompletedTask;
    }

    private string? Unservable(SpeechCall call, out int[] ids, out int maxFrames)
    {
        ids = TextIds.Encode(call.Text);
        var prompt = call.Prompt?.Rows ?? 0;
        maxFrames = Math.Min(call.MaxFrames, _model.MaxNewFrames(prompt));
        if (ids.Length == 0) return "There is no text to speak.";
        if (ids.Length > Model.MaxTextIds) return $"The text is {ids.Length} bytes long; the model takes {Model.MaxTextIds}. Shorten it or send it in parts.";
        if (call.Prompt is { } codes && codes.Channels != _model.Delay.Channels) return $"The prompt has {codes.Channels} codebooks; the model has {_model.Delay.Channels}.";
        if (call.MaxFrames < 1) return "At least one frame must be asked for.";
        if (maxFrames < 1) return $"The prompt's {prompt} frames leave no room for new ones.";
        return null;
    }

    private double Predict(int textIds, int maxFrames) => Math.Min(maxFrames / Model.FrameRate, 0.5 + SecondsPerTextId * textIds);

    private void DecodeCodes()
    {
        while (_decoded.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_decoded.Reader.TryRead(out var item)) DecodeCodes(item.Call, item.Grid);
        }
    }

    private void DecodeCodes(PreparedCall call, SpeechGrid grid)
    {
        try
        {
            var codec = _model.Codec!;
            var codes = grid.Codes();
            var samples = call.Run.Call.Prompt is { } prompt ? codec.Decode(codec.Continue(prompt, codes, out var start), start) : codec.Decode(codes);
            Leave(call);
            call.Run.Complete(new SpeechClip(samples, Model.SampleRate, codes, grid.EndedByItself));
        }
        catch (Exception cause)
        {
            Fail(call, cause);
        }
    }

    private void Fail(PreparedCall call, Exception cause)
    {
        if (cause is not OperationCanceledException) Log.CallFailed(_logger, cause);
        Leave(call);
        call.Run.Fail(cause);
    }

    private void Leave(PreparedCall call)
    {
        _waiting.Leave(call);
        lock (_drainLock)
        {
            if (--_admitted == 0 && _draining) _drained.TrySetResult();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Error, "A call failed in the engine")]
        public static partial void CallFailed(ILogger logger, Exception cause);

        [LoggerMessage(3, LogLevel.Warning, "The drain limit is over: {Calls} calls are stopped")]
        public static partial void DrainCutShort(ILogger logger, int calls);
    }
}
