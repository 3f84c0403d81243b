using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Configuration;

/// <summary>What clients configured; a fresh server's values where nobody did.</summary>
[GenerateSerializer, Alias("dia.configuration-state"), StoredState("dia.configuration", version: 1)]
internal sealed class ConfigurationState
{
    [Id(0)] public ServerConfiguration Configuration { get; set; } = new();
}
