using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Placing;
using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;

namespace DiaOrleans.Grains.Workers;

/// <summary>
/// Gives other silos access to a worker of this one. Reentrant: its streams are long, and no call blocks another. Its key says where it is.
/// </summary>
[GrainType("dia.gpu-worker"), PinnedPlacement, GrainDirectory(NoDirectory.Name), Immovable, Reentrant]
internal sealed class GpuWorkerGrain(LocalWorkers workers, ILocalSiloDetails silo, TimeProvider time) : Grain, IGpuWorkerGrain
{
    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromMilliseconds(250);

    private LocalWorker _worker = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        _worker = workers.Find(key) ?? throw new OrleansException($"Silo '{silo.Name}' has no worker '{key}'.");
        return Task.CompletedTask;
    }

    public Task<WorkAdmission> Submit(SpeechWork work) => Task.FromResult(_worker.Submit(work));

    public Task<WorkAdmission> Submit(EncodingWork work) => Task.FromResult(_worker.Submit(work));

    public async IAsyncEnumerable<WorkEvent> Follow(
        Guid work,
        long from,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var followed = _worker.Work.Follow(work);
        if (followed is null)
        {
            yield return new WorkFailed(from, "The worker was restarted. Send the request again.", CanRunElsewhere: true);
            yield break;
        }

        var number = from;
        var events = followed.Run.ReadEvents(from, cancellationToken);
        await foreach (var happened in events.WithPauses(HeartbeatPeriod, time, cancellationToken))
        {
            if (happened is not null) yield return happened.ToMessage(number++);
            else if (_worker.Progress is { IsLate: false } progress) yield return new WorkHeartbeat(number, progress.Step.TotalSeconds);
        }
    }

    public Task Release(Guid work)
    {
        _worker.Release(work);
        return Task.CompletedTask;
    }

    public Task Wake()
    {
        _worker.Wake();
        return Task.CompletedTask;
    }

    public Task<WorkerStatus> GetStatus() => Task.FromResult(_worker.Status);
}
