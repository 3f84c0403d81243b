using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using Orleans.Concurrency;
using Orleans.Placement;

namespace DiaOrleans.Grains.Workers;

/// <summary>The door to this silo's engine. Reentrant, because jobs wait here while others submit.</summary>
[GrainType("dia.gpu-worker"), PinnedPlacement, Immovable, Reentrant]
internal sealed class GpuWorkerGrain(LocalWorker worker, TimeProvider time) : Grain, IGpuWorkerGrain
{
    private const int ChunkSamples = 64 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        return key == worker.Key.ToString() ? Task.CompletedTask : throw new OrleansException($"Silo '{worker.Key.Silo}' has worker '{worker.Key}', not '{key}'.");
    }

    public Task<WorkAdmission> Submit(SpeechWork work) => Task.FromResult(worker.Submit(work));

    public async Task<WorkProgress> Wait(Guid workId, TimeSpan upTo)
    {
        if (worker.Work.Find(workId) is not { } run) return new WorkProgress { State = WorkState.Unknown };
        await run.Completion.EndedOr(upTo < LongestWait ? upTo : LongestWait, time);
        return worker.Work.Find(workId)?.ToProgress() ?? new WorkProgress { State = WorkState.Unknown };
    }

    public async IAsyncEnumerable<float[]> Read(Guid workId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (worker.Work.Find(workId) is not { Completion.IsCompletedSuccessfully: true } run)
            throw new InvalidOperationException($"Work {workId} has no samples to read.");
        var clip = await run.Completion;
        for (var start = 0; start < clip.Samples.Length; start += ChunkSamples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return clip.Samples[start..Math.Min(start + ChunkSamples, clip.Samples.Length)];
        }
    }

    public Task<AudioCodes?> GetCodes(Guid workId) =>
        Task.FromResult(worker.Work.Find(workId) is { Completion: { IsCompletedSuccessfully: true } ended } ? ended.Result.Codes.ToMessage() : null);

    public Task Release(Guid workId)
    {
        worker.Work.Release(workId);
        return Task.CompletedTask;
    }

    public Task<WorkerStatus> GetStatus() => Task.FromResult(worker.Status);
}
