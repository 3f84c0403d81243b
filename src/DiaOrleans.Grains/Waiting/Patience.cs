namespace DiaOrleans.Grains.Waiting;

/// <summary>Waiting with a limit, on a clock that tests can turn.</summary>
internal static class Patience
{
    /// <summary>Returns when <paramref name="task"/> has ended in whatever way, after <paramref name="limit"/>, or when cancelled. Never throws.</summary>
    public static async Task EndedOr(this Task task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken = default) =>
        await task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
