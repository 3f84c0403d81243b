using DiaOrleans.Grains.State;
using Orleans.Storage;

namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>Counts the states that are stored: the disk is asked to keep each before the write ends.</summary>
internal sealed class CountedStorage(IGrainStorage inner) : IGrainStorage
{
    private long _writes;

    /// <summary>Writes so far.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>Puts it before the storage that is registered.</summary>
    public static void AddTo(IServiceCollection services)
    {
        var registered = services.Last(service =>
            service.ServiceType == typeof(IGrainStorage) && StateStorage.ProviderName.Equals(service.ServiceKey));
        services.AddSingleton(provider =>
            new CountedStorage((IGrainStorage)registered.KeyedImplementationFactory!(provider, registered.ServiceKey)));
        services.AddKeyedSingleton<IGrainStorage>(
            StateStorage.ProviderName,
            (provider, _) => provider.GetRequiredService<CountedStorage>());
    }

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ReadStateAsync(stateName, grainId, grainState);

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Interlocked.Increment(ref _writes);
        return inner.WriteStateAsync(stateName, grainId, grainState);
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Interlocked.Increment(ref _writes);
        return inner.ClearStateAsync(stateName, grainId, grainState);
    }
}
