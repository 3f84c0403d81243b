using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using Orleans.Concurrency;

namespace DiaOrleans.Grains.Workers;

[GpuPlacement, Reentrant]
internal sealed class GpuWorkerGrain(EngineHost host) : Grain, IGpuWorkerGrain
{
    private const int ChunkSamples = 64 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    public Task<WorkAdmission> Submit(SpeechWork work) => Task.FromResult(host.Submit(work));

    public Task<WorkProgress> Wait(Guid workId, TimeSpan upTo) => host.Wait(workId, upTo < LongestWait ? upTo : LongestWait);

    public async IAsyncEnumerable<float[]> Read(Guid workId, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var chunk in host.Samples(workId).Chunk(ChunkSamples))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return chunk;
        }

        await Task.CompletedTask;
    }

    public Task Release(Guid workId)
    {
        host.Release(workId);
        return Task.CompletedTask;
    }

    public Task<WorkerStatus> GetStatus() => Task.FromResult(host.Status);
}
