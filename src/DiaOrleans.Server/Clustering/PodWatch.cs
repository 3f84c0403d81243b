using k8s.Models;
using Orleans.Runtime;

namespace DiaOrleans.Server.Clustering;

/// <summary>
/// Declares silos dead whose pods were deleted. It compares the members with the list of the pods, waits for a deletion after the version
/// of that list, and begins again: a watch may break at any time, and what it missed is missing in the next list. Orleans' own agent does
/// not list again, and stops its watch at each second change of the membership.
/// </summary>
internal sealed partial class PodWatch(
    SiloPods pods,
    IClusterMembershipService membership,
    ILocalSiloDetails local,
    TimeProvider time,
    ILogger<PodWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>The pod whose deletion ended the last watch, until it is compared.</summary>
    private V1Pod? _deleted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WaitUntilWatcher(stoppingToken);
                var version = await Compare(stoppingToken);
                _deleted = await pods.WaitForDeletion(version, stoppingToken);
                if (_deleted is not null) continue;
            }
            catch (Exception e)
            {
                if (!stoppingToken.IsCancellationRequested) Log.Failed(logger, e);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task WaitUntilWatcher(CancellationToken stop)
    {
        await foreach (var members in membership.MembershipUpdates.WithCancellation(stop))
        {
            if (PodlessSilos.IsWatcher(members, local.SiloAddress)) return;
        }
    }

    private async Task<string> Compare(CancellationToken stop)
    {
        await membership.Refresh(cancellationToken: stop);
        var members = membership.CurrentSnapshot;
        var list = await pods.List(stop);
        foreach (var silo in PodlessSilos.Find(members, list.Items, _deleted).Where(silo => !silo.Equals(local.SiloAddress)))
        {
            Log.DeclaresDead(logger, silo, pods.Space);
            await membership.TryKill(silo);
        }

        return list.Metadata.ResourceVersion;
    }

    private static partial class Log
    {
        [LoggerMessage(731, LogLevel.Information, "Silo {Silo} has no pod in the namespace {Space}; it is declared dead.")]
        public static partial void DeclaresDead(ILogger logger, SiloAddress silo, string space);

        [LoggerMessage(732, LogLevel.Warning, "The pods of the cluster cannot be watched; they are listed again soon.")]
        public static partial void Failed(ILogger logger, Exception cause);
    }
}
