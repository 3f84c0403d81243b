using DiaOrleans.Abstractions.Configuration;

namespace DiaOrleans.Grains.Configuration;

/// <summary>
/// Values of the command line, which replace stored ones for this run of the server until a client replaces the configuration. They are
/// never stored. A null value leaves the stored one.
/// </summary>
public sealed class ConfigurationOverrides
{
    private volatile bool _isDisabled;

    /// <summary>Replaces <see cref="ServerConfiguration.DebugMode"/>.</summary>
    public bool? DebugMode { get; init; }

    /// <summary>Replaces <see cref="ServerConfiguration.SaveOutputs"/>.</summary>
    public bool? SaveOutputs { get; init; }

    /// <summary>Replaces <see cref="ServerConfiguration.ShowPrompts"/>.</summary>
    public bool? ShowPrompts { get; init; }

    /// <summary>Replaces <see cref="ServerConfiguration.OutputRetentionHours"/>; any number.</summary>
    public long? OutputRetentionHours { get; init; }

    /// <summary>The configuration in use if <paramref name="stored"/> is stored.</summary>
    public ServerConfiguration ApplyTo(ServerConfiguration stored) => _isDisabled ? stored : stored with
    {
        DebugMode = DebugMode ?? stored.DebugMode,
        SaveOutputs = SaveOutputs ?? stored.SaveOutputs,
        ShowPrompts = ShowPrompts ?? stored.ShowPrompts,
        OutputRetentionHours = OutputRetentionHours ?? stored.OutputRetentionHours,
    };

    /// <summary>Ends the overrides, because a client has replaced the configuration.</summary>
    public void Disable() => _isDisabled = true;
}
