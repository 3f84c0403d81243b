using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Jobs.Running;

/// <summary>
/// How long a runner pauses after faults: longer with each, up to <see cref="Backoff.Longest"/>, but at most <see cref="LongestForSilo"/>
/// if a silo did not answer, because the cluster replaces one within seconds.
/// </summary>
internal sealed class FaultPauses
{
    public static readonly TimeSpan LongestForSilo = TimeSpan.FromSeconds(2);

    private readonly Backoff _backoff = new();

    /// <summary>Whether the last attempt failed.</summary>
    public bool IsFailing => _backoff.IsFailing;

    /// <summary>Failures since the last success.</summary>
    public int Failures => _backoff.Failures;

    /// <summary>Records a failure and returns the pause before the next attempt.</summary>
    public TimeSpan After(Exception fault)
    {
        var pause = _backoff.Next();
        return fault.IsSiloFault() && pause > LongestForSilo ? LongestForSilo : pause;
    }

    /// <summary>Records a success.</summary>
    public void Reset() => _backoff.Reset();
}
