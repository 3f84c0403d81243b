using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs.Keys;

/// <summary>The first row of a shard of the idempotency keys.</summary>
[GenerateSerializer, Alias("dia.job-keys-head"), StoredState("dia.job-keys", version: 1)]
internal sealed class JobKeysHead : EntryLogHead<KeyedJob>;

/// <summary>A page of a shard of the idempotency keys.</summary>
[GenerateSerializer, Alias("dia.job-keys-page"), StoredState("dia.job-keys-page", version: 1)]
internal sealed class JobKeysPage : EntryLogPage<KeyedJob>;
