using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Configuration;

/// <summary>The configuration for requests; see <see cref="StoredReads"/>.</summary>
internal sealed class ConfigurationReads(
    IGrainFactory grains,
    ConfigurationOverrides overrides,
    StoredReads reads,
    ActivationCopies copies)
{
    /// <summary>The configuration in use.</summary>
    public async ValueTask<ServerConfiguration> Get()
    {
        var grain = grains.GetGrain<IConfigurationGrain>(0);
        return copies.Find<ServerConfiguration>(grain) ?? await reads.Read(grain, grain.Get, async () =>
            overrides.ApplyTo((await reads.ReadState<ConfigurationState>(grain, ConfigurationState.Name)).Configuration));
    }
}
