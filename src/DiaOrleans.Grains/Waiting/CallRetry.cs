namespace DiaOrleans.Grains.Waiting;

/// <summary>
/// Makes an idempotent call of grains again if a silo that it needs stops or does not answer, while a client waits: three times at most,
/// and not after a time-out that has used up the client's patience.
/// </summary>
/// <param name="pause">Time between two attempts.</param>
/// <param name="time">Clock of the pauses.</param>
internal sealed class CallRetry(TimeSpan pause, TimeProvider time)
{
    private const int Attempts = 3;

    /// <summary>Shorter than the time limit of a call.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>The result of the first attempt that does not fail, or the last failure.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">Ends a pause.</param>
    public async Task<T> Execute<T>(Func<Task<T>> call, CancellationToken cancellation = default)
    {
        var begin = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (attempt < Attempts && e.IsSiloFault() && !(e is TimeoutException && IsOver(begin)))
            {
                await Task.Delay(pause, time, cancellation);
            }
        }
    }

    private bool IsOver(long begin) => time.GetElapsedTime(begin) > Patience;
}
