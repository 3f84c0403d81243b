namespace DiaOrleans.Abstractions.Workers;

/// <summary>Stands before one engine and keeps nothing itself. Key <c>silo/gpu</c>: it lives on that silo or nowhere.</summary>
[Alias("dia.gpu-worker")]
public interface IGpuWorkerGrain : IGrainWithStringKey
{
    /// <summary>Admits the work or refuses it, at once. The same id again answers as the first time.</summary>
    [Alias("submit")]
    Task<WorkAdmission> Submit(SpeechWork work);

    /// <summary>Returns when the work has ended, or after <paramref name="upTo"/> (20 s at most).</summary>
    [Alias("wait")]
    Task<WorkProgress> Wait(Guid workId, TimeSpan upTo);

    /// <summary>Samples of ended work, mono, -1 to 1, at <see cref="WorkProgress.SampleRate"/>, in chunks of at most 64 k samples. What was read is kept until <see cref="Release"/>.</summary>
    [Alias("read")]
    IAsyncEnumerable<float[]> Read(Guid workId, CancellationToken cancellation = default);

    /// <summary>Stops the work if it runs and forgets it.</summary>
    [Alias("release")]
    Task Release(Guid workId);

    /// <summary>What the worker is and how busy it is.</summary>
    [Alias("status")]
    Task<WorkerStatus> GetStatus();
}
