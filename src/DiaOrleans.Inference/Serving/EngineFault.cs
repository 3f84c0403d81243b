namespace DiaOrleans.Inference.Serving;

/// <summary>Why an engine cannot work any more.</summary>
/// <param name="Reason">A sentence for the log.</param>
/// <param name="IsStalled">
/// A native call has not returned: the engine's threads and memory cannot be released, and another engine beside it may find no memory.
/// </param>
public sealed record EngineFault(string Reason, bool IsStalled);

/// <summary>The engine of a call is broken; the call may succeed in another one.</summary>
/// <param name="fault">Why.</param>
public sealed class EngineBrokenException(EngineFault fault) : Exception(fault.Reason);
