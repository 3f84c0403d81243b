using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class CacheMemoryTests
{
    private const long Mega = 1 << 20;
    private readonly object _first = new();
    private readonly object _second = new();
    private long _available = CacheMemory.Spare + 100 * Mega;

    [Fact]
    public void Promises_add_up_until_there_is_too_little()
    {
        var memory = new CacheMemory(() => _available);
        memory.TryPromise(_first, () => 60 * Mega).ShouldBeTrue();
        memory.TryPromise(_second, () => 41 * Mega).ShouldBeFalse();
        memory.Has(_second).ShouldBeFalse();
        memory.TryPromise(_second, () => 40 * Mega).ShouldBeTrue();
    }

    [Fact]
    public void What_a_promised_cache_has_taken_counts_once()
    {
        var memory = new CacheMemory(() => _available);
        var left = 60 * Mega;
        memory.TryPromise(_first, () => left).ShouldBeTrue();
        left -= 50 * Mega;
        _available -= 50 * Mega;
        memory.TryPromise(_second, () => 41 * Mega).ShouldBeFalse();
        memory.TryPromise(_second, () => 40 * Mega).ShouldBeTrue();
    }

    [Fact]
    public void A_call_that_has_left_frees_its_promise()
    {
        var memory = new CacheMemory(() => _available);
        memory.IsIdle.ShouldBeTrue();
        memory.TryPromise(_first, () => 60 * Mega);
        memory.IsIdle.ShouldBeFalse();
        memory.Release(_first);
        memory.IsIdle.ShouldBeTrue();
        memory.TryPromise(_second, () => 100 * Mega).ShouldBeTrue();
    }

    [Fact]
    public void A_slot_whose_caches_do_not_grow_needs_none()
    {
        _available = 0;
        var memory = new CacheMemory(() => _available);
        memory.TryPromise(_first, () => 0).ShouldBeTrue();
        memory.TryPromise(_second, () => 1).ShouldBeFalse();
    }

    [Fact]
    public void Nobody_is_asked_without_a_source()
    {
        var memory = new CacheMemory(available: null);
        memory.TryPromise(_first, () => long.MaxValue).ShouldBeTrue();
        memory.TryPromise(_second, () => long.MaxValue).ShouldBeTrue();
    }
}
