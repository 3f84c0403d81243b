using DiaOrleans.Abstractions.Configuration;

namespace DiaOrleans.Grains.Configuration;

/// <summary>Applies the <see cref="OverrideOptions"/> until a client replaces the configuration.</summary>
internal sealed class ConfigurationOverrides(OverrideOptions options)
{
    private volatile bool _isDisabled;

    /// <summary>The configuration in use if <paramref name="stored"/> is stored.</summary>
    public ServerConfiguration ApplyTo(ServerConfiguration stored) => _isDisabled ? stored : stored with
    {
        DebugMode = options.Debug ?? stored.DebugMode,
        SaveOutputs = options.SaveOutputs ?? stored.SaveOutputs,
        ShowPrompts = options.ShowPrompts ?? stored.ShowPrompts,
        OutputRetentionHours = options.RetentionHours ?? stored.OutputRetentionHours,
    };

    /// <summary>Ends the overrides, because a client has replaced the configuration.</summary>
    public void Disable() => _isDisabled = true;
}
