using DiaOrleans.Abstractions.Configuration;

namespace DiaOrleans.Grains.Configuration;

/// <summary>
/// Values that replace stored ones for this run of the server, until a client replaces the configuration. They are never stored. A null
/// value leaves the stored one.
/// </summary>
public sealed record OverrideOptions
{
    /// <summary>Replaces <see cref="ServerConfiguration.DebugMode"/>.</summary>
    public bool? Debug { get; init; }

    /// <summary>Replaces <see cref="ServerConfiguration.SaveOutputs"/>.</summary>
    public bool? SaveOutputs { get; init; }

    /// <summary>Replaces <see cref="ServerConfiguration.ShowPrompts"/>.</summary>
    public bool? ShowPrompts { get; init; }

    /// <summary>Replaces <see cref="ServerConfiguration.OutputRetentionHours"/>; any number.</summary>
    public long? RetentionHours { get; init; }
}
