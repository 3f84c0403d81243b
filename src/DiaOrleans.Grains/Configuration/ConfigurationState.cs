using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Configuration;

/// <summary>The configuration that a client has stored; the defaults if none has.</summary>
[GenerateSerializer, Alias("dia.configuration-state"), StoredState("dia.configuration", version: 1)]
internal sealed class ConfigurationState
{
    [Id(0)] public ServerConfiguration Configuration { get; set; } = new();
}
