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
    private OwnWorker _worker = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        var worker = workers.Find(key) ?? throw new OrleansException($"Silo '{silo.Name}' has no worker '{key}'.");
        _worker = new OwnWorker(worker, time);
        return Task.CompletedTask;
    }

    public Task<WorkAdmission> Submit(SpeechWork work) => _worker.Submit(work);

    public Task<WorkAdmission> Submit(EncodingWork work) => _worker.Submit(work);

    public IAsyncEnumerable<WorkEvent> Follow(Guid work, long from, CancellationToken cancellationToken = default) =>
        _worker.Follow(work, from, cancellationToken);

    public Task Release(Guid work) => _worker.Release(work);

    public Task Wake() => _worker.Wake();

    public Task<WorkerStatus> GetStatus() => _worker.GetStatus();
}
