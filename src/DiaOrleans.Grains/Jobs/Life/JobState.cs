using System.Text.Json.Serialization;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs.Life;

/// <summary>What a job grain stores. A cleared row is read as a new object: then there is no such job.</summary>
[GenerateSerializer, Alias("dia.job-state"), StoredState("dia.job", version: 3)]
internal sealed class JobState
{
    [Id(0)] public JobRecord? Record { get; set; }

    /// <summary>Why there is a row without a record. Written since version 3.</summary>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public JobTrace Trace { get; set; }
}

/// <summary>What is known of a job without a record.</summary>
internal enum JobTrace
{
    /// <summary>Nothing: there is no such job.</summary>
    None = 0,

    /// <summary>The job was deleted, and its idempotency key is still kept.</summary>
    Deleted = 1,

    /// <summary>A runner met the job's place in the queue before the job was stored: it is never stored.</summary>
    Abandoned = 2,
}
