using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.State;

/// <summary>Reads the stored states of many grains together.</summary>
public interface IStateBatches
{
    /// <summary>The states, in the order of the ids; null where nothing is stored.</summary>
    /// <param name="name">Name of the state.</param>
    /// <param name="ids">The grains, all of one type.</param>
    Task<IReadOnlyList<T?>> Read<T>(string name, IReadOnlyList<GrainId> ids) where T : class, new();
}

/// <summary>Reads them one by one, from a storage that cannot do more.</summary>
/// <param name="storage">The storage.</param>
public sealed class SingleReads([FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage) : IStateBatches
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<T?>> Read<T>(string name, IReadOnlyList<GrainId> ids) where T : class, new() =>
        Batches.ReadAll(ids, async id =>
        {
            var row = new GrainState<T>(new T());
            await storage.ReadStateAsync(name, id, row);
            return row.RecordExists ? row.State : null;
        });
}
