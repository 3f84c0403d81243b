using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Inference.Serving;
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

    public Task<WorkAdmission> SubmitEncoding(EncodingWork work) => Task.FromResult(worker.Submit(work));

    public async Task<WorkProgress> Wait(Guid workId, TimeSpan upTo)
    {
        if (worker.Work.Find(workId) is { } run) await run.Ended.WaitUpTo(upTo < LongestWait ? upTo : LongestWait, time);
        return worker.Progress(workId);
    }

    public async IAsyncEnumerable<float[]> Read(Guid workId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (worker.Work.Find(workId) is not SpeechRun run) throw new InvalidOperationException($"Work {workId} has no samples to read.");
        using var hold = worker.Work.Hold(workId);
        await using var samples = run.ReadSamples(cancellationToken).GetAsyncEnumerator(CancellationToken.None);
        while (await MoveNext(samples, workId))
        {
            var window = samples.Current;
            for (var start = 0; start < window.Length; start += ChunkSamples) yield return window[start..Math.Min(start + ChunkSamples, window.Length)];
        }
    }

    public Task<AudioCodes?> GetCodes(Guid workId) => Task.FromResult(worker.Work.Find(workId)?.Codes?.ToMessage());

    public Task Release(Guid workId)
    {
        worker.Release(workId);
        return Task.CompletedTask;
    }

    public Task Wake()
    {
        worker.Wake();
        return Task.CompletedTask;
    }

    public Task<WorkerStatus> GetStatus() => Task.FromResult(worker.Status);

    /// <summary>What failed in the engine stands in the log and is no message's business.</summary>
    private static async ValueTask<bool> MoveNext(IAsyncEnumerator<float[]> samples, Guid workId)
    {
        try
        {
            return await samples.MoveNextAsync();
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            throw new InvalidOperationException($"Work {workId} failed; the server's log says why.");
        }
    }
}
