using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs.Catalog;

/// <summary>The first row of a shard of the catalogue.</summary>
[GenerateSerializer, Alias("dia.ended-jobs-head"), StoredState("dia.ended-jobs", version: 1)]
internal sealed class EndedJobsHead : EntryLogHead<EndedJob>;

/// <summary>A page of a shard of the catalogue.</summary>
[GenerateSerializer, Alias("dia.ended-jobs-page"), StoredState("dia.ended-jobs-page", version: 1)]
internal sealed class EndedJobsPage : EntryLogPage<EndedJob>;
