using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs;

/// <summary>What a job grain stores. A cleared row is read as a new object: a null record means that there is no such job.</summary>
[GenerateSerializer, Alias("dia.job-state"), StoredState("dia.job", version: 2)]
internal sealed class JobState
{
    [Id(0)] public JobRecord? Record { get; set; }
}
