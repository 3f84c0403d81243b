using System.Collections.Concurrent;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>An engine that records its calls and runs the test's script; the default script makes a second of tone at once.</summary>
internal sealed class ScriptedEngine : ISpeechEngine, ISpeechEngineFactory
{
    private const int Rate = 16000;
    private const int FramesPerSecond = 50;
    private const int Channels = 9;

    private readonly ConcurrentQueue<SpeechCall> _calls = new();
    private readonly ConcurrentQueue<float[]> _recordings = new();
    private int _running;

    public ModelDescription Model { get; } = new()
    {
        Name = "scripted", Profile = "classic", Precision = "fp32", FrameRate = FramesPerSecond, SampleRate = Rate,
        MaxTextIds = 1024,
        MaxTextBytes = 350,
        MaxNewFrames = 1700,
        CodecFingerprint = "scripted",
        Sampling = new SamplingSettings(2.5f, 1.1f, 0.9f, 45),
    };

    /// <summary>Calls that began, in order.</summary>
    public IReadOnlyList<SpeechCall> Calls => [.. _calls];

    /// <summary>Recordings that were encoded, in order.</summary>
    public IReadOnlyList<float[]> Recordings => [.. _recordings];

    public SpeechCall LastCall => Calls[^1];

    /// <summary>Runs an admitted call.</summary>
    public Func<SpeechRun, Task> Script { get; set; } = Speak;

    /// <summary>The task that loads the model.</summary>
    public Task Loaded { get; set; } = Task.CompletedTask;

    /// <summary>If set, each call waits for it, so that one runs at a time.</summary>
    public SemaphoreSlim? Slot { get; init; }

    /// <summary>The answer to the next calls; by default they are admitted.</summary>
    public EngineAdmission? Refusal { get; set; }

    /// <summary>Calls in slots, if other than the running ones: a call leaves its slot before its last codes are decoded.</summary>
    public int? SlotsInUse { get; set; }

    public int Slots { get; init; } = 1;

    public EngineFault? Fault => null;

    public EngineProgress Progress => default;

    public EngineLoad Load => new(SlotsInUse ?? Volatile.Read(ref _running), 0, 0, 1);

    public static Task Speak(SpeechRun run) => Speak(run, 1);

    /// <summary>Ends a call with a tone.</summary>
    /// <param name="run">The call.</param>
    /// <param name="seconds">Length of the whole tone.</param>
    /// <param name="endedByItself">False if the limit of frames ended it.</param>
    /// <param name="spoken">Seconds of the tone that the call has already reported.</param>
    public static Task Speak(SpeechRun run, double seconds, bool endedByItself = true, double spoken = 0)
    {
        var codes = new CodeGrid((int)(seconds * FramesPerSecond), Channels);
        run.Append(codes);
        // A script may have reported the first samples itself.
        run.Append(Tone(seconds)[(int)(spoken * Rate)..]);
        run.Complete(endedByItself);
        return Task.CompletedTask;
    }

    public static float[] Tone(double seconds) => [.. Enumerable.Range(0, (int)(seconds * Rate)).Select(i => MathF.Sin(i * 0.1f) / 2)];

    async Task<ISpeechEngine> ISpeechEngineFactory.Load(string device, CancellationToken cancellationToken)
    {
        await Loaded.WaitAsync(cancellationToken);
        return this;
    }

    public EngineAdmission TryStart(SpeechCall call)
    {
        if (Refusal is { } refusal) return refusal;
        var run = new SpeechRun(call);
        run.Stop.Register(() => run.Fail(new OperationCanceledException()));
        _ = Play(run);
        return new EngineAdmission(run, EngineRefusal.None);
    }

    public EncodingAdmission TryEncode(float[] samples)
    {
        _recordings.Enqueue(samples);
        var run = new EncodingRun(samples);
        run.Append(new CodeGrid(samples.Length * FramesPerSecond / Rate, Channels));
        run.Complete(endedByItself: true);
        return new EncodingAdmission(run, EngineRefusal.None);
    }

    public Task DrainAsync(CancellationToken limit) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task Play(SpeechRun run)
    {
        if (Slot is { } slot) await slot.WaitAsync();
        if (run.Stop.IsCancellationRequested)
        {
            Slot?.Release();
            return;
        }

        _calls.Enqueue(run.Call);
        Interlocked.Increment(ref _running);
        run.Start();
        try
        {
            await Script(run);
        }
        catch (Exception cause)
        {
            run.Fail(cause);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            Slot?.Release();
        }
    }
}
