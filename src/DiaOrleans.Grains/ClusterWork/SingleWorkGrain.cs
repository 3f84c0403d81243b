using DiaOrleans.Grains.Jobs.Queue;
using Orleans.Runtime;

namespace DiaOrleans.Grains.ClusterWork;

/// <summary>Lets one silo of the cluster do a piece of work that every silo would do at its start. The key names the work.</summary>
[Alias("dia.single-work")]
internal interface ISingleWorkGrain : IGrainWithStringKey
{
    /// <summary>
    /// True if the caller is to do the work: it has not been done, and no living silo does it. The grain remembers in memory only: if its
    /// silo is lost, the next silo that starts does the work again.
    /// </summary>
    /// <param name="silo">Address of the caller, as parsable text.</param>
    [Alias("take")]
    Task<bool> Take(string silo);

    /// <summary>Reports the end of the work.</summary>
    /// <param name="succeeded">False lets the next silo that asks do it.</param>
    [Alias("end")]
    Task End(bool succeeded);
}

/// <inheritdoc cref="ISingleWorkGrain"/>
[GrainType("dia.single-work")]
internal sealed class SingleWorkGrain(IClusterMembershipService membership) : Grain, ISingleWorkGrain
{
    private readonly SiloLiveness _silos = new(membership);
    private string? _worker;
    private bool _isDone;

    public async Task<bool> Take(string silo)
    {
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        await _silos.KnowAtLeast(0);
        if (_isDone || (_worker is not null && _worker != silo && _silos.IsAlive(_worker))) return false;
        _worker = silo;
        return true;
    }

    public Task End(bool succeeded)
    {
        _isDone |= succeeded;
        _worker = null;
        return Task.CompletedTask;
    }
}
