using DiaOrleans.Abstractions.Workers;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Workers;

/// <summary>A worker of another silo.</summary>
/// <param name="grain">Its grain.</param>
internal sealed class RemoteWorker(IGpuWorkerGrain grain) : IWorker
{
    // A message holds so many events at most: of samples, 2 MB.
    private const int EventsPerMessage = 8;

    public string Key { get; } = grain.GetPrimaryKeyString();

    public Task<WorkAdmission> Submit(SpeechWork work) => grain.Submit(work);

    public Task<WorkAdmission> Submit(EncodingWork work) => grain.Submit(work);

    public IAsyncEnumerable<WorkEvent> Follow(Guid work, long from, CancellationToken cancellation = default) =>
        grain.Follow(work, from, cancellation).WithBatchSize(EventsPerMessage);

    public Task Release(Guid work) => grain.Release(work);

    public Task Wake() => grain.Wake();

    public Task<WorkerStatus> GetStatus() => grain.GetStatus();
}
