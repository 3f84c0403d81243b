using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Configuration;

/// <summary>The stored configuration, with the overrides of this run applied.</summary>
[GrainType("dia.configuration")]
internal sealed class ConfigurationGrain(
    [PersistentState(ConfigurationState.Name, StateStorage.ProviderName)] IPersistentState<ConfigurationState> state,
    ConfigurationOverrides overrides,
    ActivationCopies copies) : Grain, IConfigurationGrain
{
    // Not read from the state: during a write that may contain a configuration that is not stored yet.
    private ServerConfiguration _stored = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Use(state.State.Configuration);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        copies.Remove(this);
        return Task.CompletedTask;
    }

    public Task<ServerConfiguration> Get() => Task.FromResult(overrides.ApplyTo(_stored));

    public async Task<ServerConfiguration> Replace(ServerConfiguration configuration)
    {
        copies.Remove(this);
        state.State.Configuration = configuration;
        await state.WriteOrDeactivate(this);
        overrides.Disable();
        Use(configuration);
        return configuration;
    }

    private void Use(ServerConfiguration configuration)
    {
        _stored = configuration;
        copies.Set(this, overrides.ApplyTo(configuration));
    }
}
