using DiaOrleans.Grains.Waiting;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Jobs.Upgrade;

/// <summary>
/// Has the jobs of earlier releases moved before the silo is used. The grain may be in a silo that was killed and is not declared dead yet:
/// the start of this one does not fail by that.
/// </summary>
internal sealed class JobUpgradeStart(IGrainFactory grains, TimeProvider time) : IStartupTask
{
    /// <summary>Between two attempts; a silo that was killed is declared dead meanwhile.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CallRetry _calls = new(Pause, time);

    public Task Execute(CancellationToken cancellationToken) => _calls.Execute(Upgrade, cancellationToken);

    private async Task<bool> Upgrade()
    {
        await grains.GetGrain<IJobUpgradeGrain>(0).Run();
        return true;
    }
}
