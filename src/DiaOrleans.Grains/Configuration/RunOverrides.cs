using DiaOrleans.Abstractions.Configuration;

namespace DiaOrleans.Grains.Configuration;

/// <summary>What this run's command line says. It wins over the stored configuration until a client replaces that, and is never stored.</summary>
public sealed class RunOverrides
{
    private volatile bool _over;

    /// <summary>Null leaves the stored value.</summary>
    public bool? DebugMode { get; init; }

    /// <summary>Null leaves the stored value.</summary>
    public bool? SaveOutputs { get; init; }

    /// <summary>Null leaves the stored value.</summary>
    public bool? ShowPrompts { get; init; }

    /// <summary>Null leaves the stored value.</summary>
    public long? OutputRetentionHours { get; init; }

    /// <summary>What holds over <paramref name="stored"/>.</summary>
    public ServerConfiguration Over(ServerConfiguration stored) => _over ? stored : stored with
    {
        DebugMode = DebugMode ?? stored.DebugMode,
        SaveOutputs = SaveOutputs ?? stored.SaveOutputs,
        ShowPrompts = ShowPrompts ?? stored.ShowPrompts,
        OutputRetentionHours = OutputRetentionHours ?? stored.OutputRetentionHours,
    };

    /// <summary>A client has replaced the configuration: it holds from here on.</summary>
    public void End() => _over = true;
}
