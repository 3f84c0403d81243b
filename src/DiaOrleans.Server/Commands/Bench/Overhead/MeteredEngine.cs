using System.Collections.Concurrent;
using System.Diagnostics;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>An engine that keeps which call it was given last, and when that call began and ended.</summary>
/// <param name="inner">The engine.</param>
internal sealed class MeteredEngine(ISpeechEngine inner) : ISpeechEngine
{
    /// <summary>The calls that have ended, with the time from their admission to their end.</summary>
    public ConcurrentQueue<(SpeechCall Call, TimeSpan Time)> Ended { get; } = new();

    /// <summary>The engine itself.</summary>
    public ISpeechEngine Inner => inner;

    /// <inheritdoc/>
    public ModelDescription Model => inner.Model;

    /// <inheritdoc/>
    public int Slots => inner.Slots;

    /// <inheritdoc/>
    public EngineLoad Load => inner.Load;

    /// <inheritdoc/>
    public EngineFault? Fault => inner.Fault;

    /// <inheritdoc/>
    public EngineAdmission TryStart(SpeechCall call)
    {
        var started = Stopwatch.GetTimestamp();
        var admission = inner.TryStart(call);
        if (admission.Run is { } run)
        {
            run.Ended.ContinueWith(
                _ => Ended.Enqueue((call, Stopwatch.GetElapsedTime(started))),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return admission;
    }

    /// <inheritdoc/>
    public EncodingAdmission TryEncode(float[] samples) => inner.TryEncode(samples);

    /// <inheritdoc/>
    public Task DrainAsync(CancellationToken limit) => inner.DrainAsync(limit);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>Loads an engine and meters it.</summary>
/// <param name="inner">Loads it.</param>
internal sealed class MeteredEngineFactory(ISpeechEngineFactory inner) : ISpeechEngineFactory
{
    private readonly TaskCompletionSource<MeteredEngine> _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The engine when it is loaded.</summary>
    public Task<MeteredEngine> Loaded => _loaded.Task;

    /// <inheritdoc/>
    public async Task<ISpeechEngine> Load(string device, CancellationToken cancellationToken)
    {
        try
        {
            var engine = new MeteredEngine(await inner.Load(device, cancellationToken));
            _loaded.TrySetResult(engine);
            return engine;
        }
        catch (Exception e)
        {
            _loaded.TrySetException(e);
            throw;
        }
    }
}
