using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Configuration;

/// <summary>The configuration that a client has stored; the defaults if none has.</summary>
[GenerateSerializer, Alias("dia.configuration-state"), StoredState("dia.configuration", version: 1)]
internal sealed class ConfigurationState
{
    /// <summary>Name of the state.</summary>
    public const string Name = "configuration";

    [Id(0)] public ServerConfiguration Configuration { get; set; } = new();
}
