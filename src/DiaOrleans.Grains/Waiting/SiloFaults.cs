using System.Data.Common;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Waiting;

/// <summary>Tells a failed call between silos from an error of the called grain.</summary>
internal static class SiloFaults
{
    /// <summary>
    /// True if the silo that was called did not answer, or refused the call because it starts or stops, or if its database is away. The
    /// call may have been carried out: it may be repeated if it is idempotent.
    /// </summary>
    public static bool IsSiloFault(this Exception e) =>
        e is OrleansException or TimeoutException or DbException || e.GetType() == typeof(OperationCanceledException) && !IsOwn(e);

    /// <summary>
    /// Whether somebody here has cancelled a token. Orleans cancels a call without one if the grain's place is not found in time.
    /// </summary>
    private static bool IsOwn(Exception cancellation) => ((OperationCanceledException)cancellation).CancellationToken.CanBeCanceled;
}
