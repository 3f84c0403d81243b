using System.Collections.Concurrent;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.State;

/// <summary>
/// What grains keep, for requests that do not wait for a silo that does not answer: it is asked of the grain, and read from its stored row
/// if the grain does not answer in time. A grain that has not answered is not asked again for <see cref="Memory"/>. Each change is stored
/// before its caller has an answer, so both ways give what was last changed. Thread-safe.
/// </summary>
/// <param name="storage">The grains' storage.</param>
/// <param name="batches">Reads many rows of it together.</param>
/// <param name="time">Clock of the limits.</param>
/// <param name="logger">Log of grains that do not answer.</param>
internal sealed partial class StoredReads(
    [FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage,
    IStateBatches batches,
    TimeProvider time,
    ILogger<StoredReads> logger)
{
    /// <summary>How long a grain may take for what it keeps itself.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>How long a grain may take for a list of what other grains keep.</summary>
    public static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(3);

    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<GrainId, long> _silentAt = new();

    /// <summary>The grain's answer, or what is stored if it does not answer.</summary>
    /// <param name="grain">The grain.</param>
    /// <param name="ask">Calls it.</param>
    /// <param name="readStored">Reads the same from its stored rows.</param>
    /// <param name="limit">How long to wait for its answer; null is <see cref="Limit"/>.</param>
    public async Task<T> Read<T>(IAddressable grain, Func<Task<T>> ask, Func<Task<T>> readStored, TimeSpan? limit = null)
    {
        var id = grain.GetGrainId();
        if (IsSilent(id)) return await readStored();
        var answer = ask();
        await answer.WaitUpTo(limit ?? Limit, time);
        if (answer.IsCompleted && !answer.IsCanceled && answer.Exception?.InnerException?.IsSiloFault() != true) return await answer;
        Log.Silent(logger, id);
        _silentAt[id] = time.GetTimestamp();
        return await readStored();
    }

    /// <summary>The stored state of a grain; a new one if nothing is stored.</summary>
    /// <param name="grain">The grain.</param>
    /// <param name="name">Name of the state.</param>
    public async Task<T> ReadState<T>(IAddressable grain, string name) where T : class, new()
    {
        var row = new GrainState<T>(new T());
        await storage.ReadStateAsync(name, grain.GetGrainId(), row);
        return row.State ?? new T();
    }

    /// <summary>The stored states of many grains of a type, by few reads of the store; a new one where nothing is stored.</summary>
    /// <param name="grains">The grains.</param>
    /// <param name="name">Name of the state.</param>
    public async Task<IReadOnlyList<T>> ReadStates<T>(IReadOnlyList<IAddressable> grains, string name) where T : class, new()
    {
        var states = await batches.Read<T>(name, [.. grains.Select(grain => grain.GetGrainId())]);
        return [.. states.Select(state => state ?? new T())];
    }

    private bool IsSilent(GrainId id)
    {
        if (!_silentAt.TryGetValue(id, out var at)) return false;
        if (time.GetElapsedTime(at) < Memory) return true;
        _silentAt.TryRemove(KeyValuePair.Create(id, at));
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(405, LogLevel.Warning, "{Grain} does not answer; what is stored of it is used for some seconds.")]
        public static partial void Silent(ILogger logger, GrainId grain);
    }
}
