namespace DiaOrleans.Abstractions.Workers;

/// <summary>Gives access to one engine; the grain itself keeps no state. Key <c>silo/device</c>: it is placed on that silo only.</summary>
[Alias("dia.gpu-worker")]
public interface IGpuWorkerGrain : IGrainWithStringKey
{
    /// <summary>Admits or refuses a call of the model, at once. A second submission of the same id is not run again.</summary>
    [Alias("submit"), ResponseTimeout("00:00:01")]
    Task<WorkAdmission> Submit(SpeechWork work);

    /// <summary>
    /// Admits or refuses a recording to be turned into codes, at once. Calls of the model do not delay it. A second submission of the
    /// same id is not run again.
    /// </summary>
    [Alias("submit-encoding"), ResponseTimeout("00:00:01")]
    Task<WorkAdmission> Submit(EncodingWork work);

    /// <summary>
    /// The events of admitted work as they happen, up to <see cref="WorkCompleted"/> or <see cref="WorkFailed"/>, with heartbeats between
    /// them. All others are kept until <see cref="Release"/>, so that reading may begin again where it broke off. Work that is not followed
    /// for 60 s is stopped and forgotten. Unknown work has one event, a failure.
    /// </summary>
    /// <param name="work">Its id.</param>
    /// <param name="from">Number of the first event wanted, from 0.</param>
    /// <param name="cancellation">Ends the reading; the work goes on.</param>
    [Alias("follow")]
    IAsyncEnumerable<WorkEvent> Follow(Guid work, long from, CancellationToken cancellation = default);

    /// <summary>Stops the work if it runs and forgets it. Without effect on unknown work.</summary>
    [Alias("release")]
    Task Release(Guid work);

    /// <summary>Starts to load the model of a worker that is asleep and returns at once. Without effect in other states.</summary>
    [Alias("wake")]
    Task Wake();

    /// <summary>What the worker is and how busy it is.</summary>
    [Alias("status"), ResponseTimeout("00:00:01")]
    Task<WorkerStatus> GetStatus();
}
