using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>A worker as requests use it: one of this silo, or one of another silo by its grain.</summary>
internal interface IWorker
{
    /// <summary>See <see cref="WorkerStatus.Key"/>.</summary>
    string Key { get; }

    /// <inheritdoc cref="IGpuWorkerGrain.Submit(SpeechWork)"/>
    Task<WorkAdmission> Submit(SpeechWork work);

    /// <inheritdoc cref="IGpuWorkerGrain.Submit(EncodingWork)"/>
    Task<WorkAdmission> Submit(EncodingWork work);

    /// <inheritdoc cref="IGpuWorkerGrain.Follow"/>
    IAsyncEnumerable<WorkEvent> Follow(Guid work, long from, CancellationToken cancellation = default);

    /// <inheritdoc cref="IGpuWorkerGrain.Release"/>
    Task Release(Guid work);

    /// <inheritdoc cref="IGpuWorkerGrain.Wake"/>
    Task Wake();

    /// <inheritdoc cref="IGpuWorkerGrain.GetStatus"/>
    Task<WorkerStatus> GetStatus();
}
