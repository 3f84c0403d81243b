namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Decides when failed calls mean that the engine is broken: one call that fails is its own matter (numbers that overflow, no memory), but
/// several in a row, none completed between them, are not. Thread-safe.
/// </summary>
/// <param name="broken">Called once, by the thread that reports what breaks the engine.</param>
internal sealed class EngineHealth(Action<EngineFault> broken)
{
    /// <summary>Calls in a row that fail before the engine counts as broken.</summary>
    public const int FailuresInARow = 3;

    private EngineFault? _fault;
    private int _failures;

    /// <summary>Why the engine is broken; null while it works.</summary>
    public EngineFault? Fault => Volatile.Read(ref _fault);

    /// <summary>A call or a recording has completed.</summary>
    public void Completed() => Volatile.Write(ref _failures, 0);

    /// <summary>A call or a recording has failed; one that was stopped says nothing about the engine.</summary>
    public void Failed(Exception cause)
    {
        if (cause is OperationCanceledException or EngineBrokenException || Interlocked.Increment(ref _failures) < FailuresInARow) return;
        Break(new EngineFault($"{FailuresInARow} calls in a row have failed, the last one with: {cause.Message}", IsStalled: false));
    }

    /// <summary>The engine is broken from now on. Without effect if it was before.</summary>
    public void Break(EngineFault fault)
    {
        if (Interlocked.CompareExchange(ref _fault, fault, null) is null) broken(fault);
    }
}
