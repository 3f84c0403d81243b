using DiaOrleans.Abstractions.Prompts;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Prompts;

/// <inheritdoc cref="IPromptLockGrain"/>
[GrainType("dia.prompt-lock"), CollectionAgeLimit(Minutes = 10)]
internal sealed class PromptLockGrain(ISiloStatusOracle silos, TimeProvider time) : Grain, IPromptLockGrain
{
    /// <summary>Longer than a recording is read, decoded and registered. After it, the message that released the lock was lost.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(5);

    private Holding? _held;

    public Task<bool> TryTake(Guid holder, SiloAddress? silo)
    {
        if (_held is { } held && held.Holder != holder && !IsOver(held)) return Task.FromResult(false);
        _held = new Holding(holder, silo, time.GetTimestamp());
        return Task.FromResult(true);
    }

    public Task Release(Guid holder)
    {
        if (_held?.Holder == holder) _held = null;
        return Task.CompletedTask;
    }

    private bool IsOver(Holding held) =>
        time.GetElapsedTime(held.Since) > LongestHold || (held.Silo is { } silo && silos.IsDeadSilo(silo));

    private sealed record Holding(Guid Holder, SiloAddress? Silo, long Since);
}
