using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>Which workers to offer work to, and whether waiting helps if none of them takes it.</summary>
/// <param name="Ready">In the order of the offers.</param>
/// <param name="Asleep">Key of one to wake, if none is ready or being loaded; else null.</param>
/// <param name="CanWait">A worker is ready, is being loaded or can be woken.</param>
internal sealed record WorkerChoice(IReadOnlyList<WorkerStatus> Ready, string? Asleep, bool CanWait)
{
    /// <summary>
    /// Orders workers by predicted seconds of audio still to make, and of equal ones those of this silo first, then at random: their loads
    /// are a second old, in which all requests would go to the same one. The first is the better of two that are chosen at random, unless
    /// workers of this silo are preferred.
    /// </summary>
    /// <param name="workers">Workers of the request's pool, and those whose pool is not known.</param>
    /// <param name="silo">Name of this silo.</param>
    /// <param name="random">Chooses the two, and orders equal ones.</param>
    /// <param name="preferOwn">
    /// True to put the workers of this silo first, unless all of them are full and another one is idle: a silo takes
    /// jobs for its own engines.
    /// </param>
    public static WorkerChoice Among(IReadOnlyList<WorkerStatus> workers, string silo, Random random, bool preferOwn = false)
    {
        WorkerStatus[] able = [.. workers.Where(worker => worker is { State: WorkerState.Ready, Model: not null })];
        var hasRoom = able.Any(worker => IsOwn(worker, silo) && !IsFull(worker));
        WorkerStatus[] ready =
        [
            .. able.OrderBy(worker => preferOwn ? Preference(worker, silo, hasRoom) : 0)
                .ThenBy(worker => worker.BacklogSeconds)
                .ThenBy(worker => worker.Active + worker.Waiting)
                .ThenBy(worker => !IsOwn(worker, silo))
                .ThenBy(_ => random.Next()),
        ];
        var isReadyOrLoading = ready.Length > 0 || workers.Any(worker => worker.State == WorkerState.Loading);
        var asleep = isReadyOrLoading ? null : workers.FirstOrDefault(worker => worker.State == WorkerState.Asleep)?.Key;
        if (!preferOwn) PutTwoInFront(ready, random);
        return new WorkerChoice(ready, asleep, isReadyOrLoading || asleep is not null);
    }

    /// <summary>Moves two to the front; the order within them and within the others stays.</summary>
    private static void PutTwoInFront(WorkerStatus[] ready, Random random)
    {
        if (ready.Length < 3) return;
        var one = random.Next(ready.Length);
        var other = (one + random.Next(1, ready.Length)) % ready.Length;
        WorkerStatus[] front = [ready[Math.Min(one, other)], ready[Math.Max(one, other)]];
        WorkerStatus[] others = [.. ready.Except(front, ReferenceEqualityComparer.Instance).Cast<WorkerStatus>()];
        front.CopyTo(ready, 0);
        others.CopyTo(ready, front.Length);
    }

    /// <summary>Smaller is earlier.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="silo">Name of this silo.</param>
    /// <param name="hasRoom">Whether a worker of this silo has a free slot.</param>
    private static int Preference(WorkerStatus worker, string silo, bool hasRoom)
    {
        if (IsOwn(worker, silo)) return IsFull(worker) ? 2 : 0;
        return !hasRoom && worker.Active + worker.Waiting == 0 ? 1 : 3;
    }

    private static bool IsOwn(WorkerStatus worker, string silo) => WorkerKey.TryParse(worker.Key, out var key) && key.Silo == silo;

    private static bool IsFull(WorkerStatus worker) => worker.Active + worker.Waiting >= worker.Slots;
}
