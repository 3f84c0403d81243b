namespace DiaOrleans.Inference.Streams;

/// <summary>Announces changes of some state to any number of waiters. Thread-safe.</summary>
public sealed class AsyncSignal
{
    private TaskCompletionSource _next = Create();

    /// <summary>Ends at the next <see cref="Raise"/>. A waiter takes it before it reads the state; then it misses no change.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Ends the tasks that were taken before. Their continuations do not run on the calling thread.</summary>
    public void Raise() => Interlocked.Exchange(ref _next, Create()).SetResult();

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
