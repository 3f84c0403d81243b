namespace DiaOrleans.Abstractions.Jobs;

/// <summary>One request's life, from admission to the last byte of audio. No call lasts as long as a generation: poll <see cref="Wait"/>.</summary>
[Alias("dia.job")]
public interface IJobGrain : IGrainWithGuidKey
{
    /// <summary>Resolves the voice, prepares the text and hands the work to a worker, which admits or refuses it at once. While a model loads it waits for it, 30 s at most.</summary>
    [Alias("start"), ResponseTimeout("00:01:00")]
    Task<JobAdmission> Start(SpeechRequest request);

    /// <summary>Returns when the job has ended, or after <paramref name="upTo"/> (20 s at most) with the state it is in.</summary>
    [Alias("wait")]
    Task<JobSnapshot> Wait(TimeSpan upTo);

    /// <summary>The encoded audio of a completed job, in chunks of at most 256 kB.</summary>
    [Alias("read-audio")]
    IAsyncEnumerable<byte[]> ReadAudio(CancellationToken cancellation = default);

    /// <summary>Stops the work and frees its slot. A job that has ended stays as it is.</summary>
    [Alias("cancel")]
    Task Cancel();
}
