using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>A loaded model with its slots and the thread that advances them.</summary>
public interface ISpeechEngine : IAsyncDisposable
{
    /// <summary>What was loaded.</summary>
    ModelDescription Model { get; }

    /// <summary>Calls that it decodes at a time.</summary>
    int Slots { get; }

    /// <summary>How busy it is.</summary>
    EngineLoad Load { get; }

    /// <summary>
    /// Why it cannot work any more, if so: then all admitted work has failed with an <see cref="EngineBrokenException"/>, and it admits
    /// none.
    /// </summary>
    EngineFault? Fault { get; }

    /// <summary>Whether its threads go on, and how fast.</summary>
    EngineProgress Progress { get; }

    /// <summary>Admits or refuses at once. A refused call has a reason and, if trying again helps, a time.</summary>
    EngineAdmission TryStart(SpeechCall call);

    /// <summary>Admits a recording to be turned into codes, or refuses it at once; calls that are decoded do not delay it.</summary>
    /// <param name="samples">Mono, -1 to 1, at the model's rate, at most 120 s. Must not be changed any more.</param>
    EncodingAdmission TryEncode(float[] samples);

    /// <summary>
    /// Admits nothing more and returns when all admitted work has ended, or is stopped because <paramref name="limit"/> is cancelled.
    /// </summary>
    Task DrainAsync(CancellationToken limit);
}

/// <summary>Whether an engine's threads go on.</summary>
/// <param name="IsLate">A native call has run for much longer than those before it: it may never return.</param>
/// <param name="Step">What a step of the decoder took lately, on average; zero before the first.</param>
public readonly record struct EngineProgress(bool IsLate, TimeSpan Step);

/// <summary>How busy an engine is.</summary>
/// <param name="Active">Calls in slots.</param>
/// <param name="Waiting">Calls that wait for one.</param>
/// <param name="BacklogSeconds">Predicted seconds of audio still to make.</param>
/// <param name="RealTimeFactor">Measured audio seconds per wall second, lately; 0 before the first call.</param>
public readonly record struct EngineLoad(int Active, int Waiting, double BacklogSeconds, double RealTimeFactor);

/// <summary>The answer to a call.</summary>
/// <param name="Run">The admitted run, or null.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Reason">A sentence for the client.</param>
/// <param name="RetryAfter">When to try again, if that helps.</param>
public readonly record struct EngineAdmission(
    SpeechRun? Run,
    EngineRefusal Refusal,
    string? Reason = null,
    TimeSpan? RetryAfter = null);

/// <summary>The answer to a recording.</summary>
/// <param name="Run">The admitted run, or null.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Reason">A sentence for the client.</param>
/// <param name="RetryAfter">When to try again, if that helps.</param>
public readonly record struct EncodingAdmission(
    EncodingRun? Run,
    EngineRefusal Refusal,
    string? Reason = null,
    TimeSpan? RetryAfter = null);

/// <summary>Why an engine refused a call or a recording.</summary>
public enum EngineRefusal
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The bound of waiting work is reached.</summary>
    Busy,

    /// <summary>It finishes what it has.</summary>
    Draining,

    /// <summary>The model cannot serve it at any time.</summary>
    Unservable,

    /// <summary>The engine is broken: <see cref="ISpeechEngine.Fault"/>.</summary>
    Broken,
}
