using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Telemetry;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>Registers Orleans' ADO.NET storage as the grain storage, behind what every database needs.</summary>
internal static class RelationalState
{
    private const string Relational = "relational";

    /// <summary>Registers the storage <see cref="StateStorage.ProviderName"/>.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configure">Sets the driver and the database.</param>
    /// <param name="adapt">Adapts the storage to its driver, with the services of the silo.</param>
    public static ISiloBuilder AddRelationalState(
        this ISiloBuilder silo,
        Action<AdoNetGrainStorageOptions> configure,
        Func<IServiceProvider, IGrainStorage, IGrainStorage> adapt)
    {
        silo.AddAdoNetGrainStorage(Relational, (AdoNetGrainStorageOptions storage) =>
        {
            configure(storage);
            storage.GrainStorageSerializer = new StatePayload.Serializer();
        });
        silo.Services.AddSingleton<IStateBatches>(provider =>
        {
            var storage = provider.GetRequiredService<IOptionsMonitor<AdoNetGrainStorageOptions>>().Get(Relational);
            var service = provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId;
            return new RelationalBatches(storage.DataSource!, storage.HashPicker, service, provider.GetRequiredService<DiaMetrics>());
        });
        silo.Services.AddKeyedSingleton<IGrainStorage>(
            StateStorage.ProviderName,
            (provider, _) =>
            {
                var stored = new PrefixedKeyStorage(provider.GetRequiredKeyedService<IGrainStorage>(Relational));
                return new ObservedStorage(new PayloadStorage(adapt(provider, stored)), provider.GetRequiredService<DiaMetrics>());
            });
        return silo;
    }
}
