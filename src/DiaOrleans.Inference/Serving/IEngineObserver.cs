namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Receives what an engine measures. Called on the engine's own threads: an implementation returns at once and does not throw.
/// </summary>
public interface IEngineObserver
{
    /// <summary>One step of the decoder has run.</summary>
    /// <param name="calls">Calls in the batch, 1 or more; each has advanced by one row.</param>
    /// <param name="duration">Wall time of the step, sampling included.</param>
    void StepCompleted(int calls, TimeSpan duration);
}

/// <summary>Observes nothing.</summary>
public sealed class NullEngineObserver : IEngineObserver
{
    /// <summary>The one instance; it has no state.</summary>
    public static readonly NullEngineObserver Instance = new();

    private NullEngineObserver()
    {
    }

    /// <inheritdoc/>
    public void StepCompleted(int calls, TimeSpan duration)
    {
    }
}
