using System.Collections.Concurrent;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>An engine whose calls and encodings end when the test ends them; a test may append samples to a run before.</summary>
internal sealed class FakeEngine : ISpeechEngine, ISpeechEngineFactory
{
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BlockingCollection<SpeechRun> _admitted = [];
    private readonly BlockingCollection<EncodingRun> _recordings = [];
    private readonly ConcurrentBag<SpeechRun> _all = [];
    private readonly ConcurrentBag<EncodingRun> _allRecordings = [];
    private bool _draining;

    public static ModelDescription Description { get; } = new()
    {
        Name = "fake", Profile = "classic", Precision = "fp32", FrameRate = 50, SampleRate = 16000,
        MaxTextIds = 100, MaxTextBytes = 60, MaxNewFrames = 400, CodecFingerprint = "fake",
        Sampling = new SamplingSettings(3f, 1.2f, 0.95f, 45),
    };

    public ModelDescription Model => Description;

    public int Slots => 1;

    public EngineFault? Fault { get; set; }

    public EngineProgress Progress => new(IsLate, TimeSpan.Zero);

    /// <summary>Whether a native call takes too long.</summary>
    public bool IsLate { get; set; }

    public EngineLoad Load => new(_all.Count(run => !run.Ended.IsCompleted), 0, BacklogSeconds, 0);

    public double BacklogSeconds { get; set; }

    /// <summary>The answer to the next calls; null admits them.</summary>
    public EngineAdmission? Refusal { get; set; }

    public bool Disposed { get; private set; }

    /// <summary>The device that it was last loaded on.</summary>
    public string? Device { get; private set; }

    /// <summary>How often it was loaded.</summary>
    public int Loads { get; private set; }

    public void FinishLoading() => _loaded.TrySetResult();

    public void FailLoading(Exception cause) => _loaded.TrySetException(cause);

    async Task<ISpeechEngine> ISpeechEngineFactory.Load(string device, CancellationToken cancellationToken)
    {
        Loads++;
        Device = device;
        await _loaded.Task.WaitAsync(cancellationToken);
        Disposed = false;
        Fault = null;
        return this;
    }

    public EngineAdmission TryStart(SpeechCall call)
    {
        if (_draining) return new EngineAdmission(null, EngineRefusal.Draining, "The server is stopping.");
        if (Refusal is { } refusal) return refusal;
        var run = new SpeechRun(call);
        run.Stop.Register(() => run.Fail(new OperationCanceledException()));
        _all.Add(run);
        _admitted.Add(run);
        return new EngineAdmission(run, EngineRefusal.None);
    }

    /// <summary>The next admitted call, in order; waits for it.</summary>
    public SpeechRun Next() =>
        _admitted.TryTake(out var run, TimeSpan.FromSeconds(20)) ? run : throw new TimeoutException("No call was admitted.");

    /// <summary>The next admitted call, if there is one.</summary>
    public SpeechRun? TryNext() => _admitted.TryTake(out var run) ? run : null;

    public EncodingAdmission TryEncode(float[] samples)
    {
        if (_draining) return new EncodingAdmission(null, EngineRefusal.Draining, "The server is stopping.");
        if (Refusal is { } refusal) return new EncodingAdmission(null, refusal.Refusal, refusal.Reason, refusal.RetryAfter);
        var run = new EncodingRun(samples);
        run.Stop.Register(() => run.Fail(new OperationCanceledException()));
        _allRecordings.Add(run);
        _recordings.Add(run);
        return new EncodingAdmission(run, EngineRefusal.None);
    }

    /// <summary>The next admitted recording, in order; waits for it.</summary>
    public EncodingRun NextEncoding() =>
        _recordings.TryTake(out var run, TimeSpan.FromSeconds(20)) ? run : throw new TimeoutException("No recording was admitted.");

    public int Admitted => _all.Count;

    public void StopAll()
    {
        foreach (var run in _all.Concat<EngineRun>(_allRecordings)) run.Cancel();
    }

    public static SpeechClip Clip(int samples) =>
        new([.. Enumerable.Range(0, samples).Select(i => MathF.Sin(i * 0.05f) / 2)], new CodeGrid(1, 9));

    public async Task DrainAsync(CancellationToken limit)
    {
        _draining = true;
        using var stop = limit.Register(StopAll);
        foreach (var run in _all.Concat<EngineRun>(_allRecordings)) await run.Ended;
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
