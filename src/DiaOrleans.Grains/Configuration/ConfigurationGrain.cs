using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Configuration;

/// <summary>The stored configuration, under what this run's command line says.</summary>
[GrainType("dia.configuration")]
internal sealed class ConfigurationGrain([PersistentState("configuration", StateStorage.ProviderName)] IPersistentState<ConfigurationState> state, RunOverrides overrides)
    : Grain, IConfigurationGrain
{
    private ServerConfiguration _stored = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _stored = state.State.Configuration;
        return Task.CompletedTask;
    }

    public Task<ServerConfiguration> Get() => Task.FromResult(overrides.Over(_stored));

    public async Task<ServerConfiguration> Replace(ServerConfiguration configuration)
    {
        state.State.Configuration = configuration;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        overrides.End();
        return _stored = configuration;
    }
}
