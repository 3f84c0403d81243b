namespace DiaOrleans.Grains.Waiting;

/// <summary>Waiting with a limit, on a clock that tests can turn.</summary>
internal static class TimeLimits
{
    /// <summary>Returns when <paramref name="task"/> has ended in whatever way, after <paramref name="limit"/>, or when cancelled. Never throws.</summary>
    public static async Task EndedOr(this Task task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken = default) =>
        await task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Work that is told to stop after <paramref name="limit"/>; where it does, <paramref name="late"/> is thrown instead of the cancellation.</summary>
    public static async Task<T> Within<T>(TimeSpan limit, TimeProvider time, Func<CancellationToken, Task<T>> work, Func<Exception> late, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            return await work(stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && over.IsCancellationRequested)
        {
            throw late();
        }
    }
}
