namespace DiaOrleans.Abstractions.Workers;

/// <summary>Stands before one engine and keeps nothing itself. Key <c>silo/gpu</c>: it lives on that silo or nowhere.</summary>
[Alias("dia.gpu-worker")]
public interface IGpuWorkerGrain : IGrainWithStringKey
{
    /// <summary>Admits the work or refuses it, at once. The same id again answers as the first time.</summary>
    [Alias("submit")]
    Task<WorkAdmission> Submit(SpeechWork work);

    /// <summary>Admits a recording to be turned into codes; a busy decoder does not delay it. The same id again answers as the first time.</summary>
    [Alias("submit-encoding")]
    Task<WorkAdmission> SubmitEncoding(EncodingWork work);

    /// <summary>Returns when the work has ended, or after <paramref name="upTo"/> (20 s at most).</summary>
    [Alias("wait")]
    Task<WorkProgress> Wait(Guid workId, TimeSpan upTo);

    /// <summary>
    /// Samples from the first on, mono, -1 to 1, at <see cref="WorkProgress.SampleRate"/>, in chunks of at most 64 k samples, as the codec makes them; ends with the
    /// last sample, and throws where the work failed or was stopped. All samples are kept until <see cref="Release"/>: reading again gives them again. Work that is
    /// read counts as asked about.
    /// </summary>
    [Alias("read")]
    IAsyncEnumerable<float[]> Read(Guid workId, CancellationToken cancellation = default);

    /// <summary>Codes of completed work, the prompt's not among them; null where it is unknown or has not completed.</summary>
    [Alias("codes")]
    Task<AudioCodes?> GetCodes(Guid workId);

    /// <summary>Stops the work if it runs and forgets it.</summary>
    [Alias("release")]
    Task Release(Guid workId);

    /// <summary>Brings the model of a worker that is asleep back to memory, and does not wait for it; others it leaves as they are.</summary>
    [Alias("wake")]
    Task Wake();

    /// <summary>What the worker is and how busy it is.</summary>
    [Alias("status")]
    Task<WorkerStatus> GetStatus();
}
