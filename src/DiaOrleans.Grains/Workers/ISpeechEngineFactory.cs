using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Workers;

/// <summary>Loads this silo's engine.</summary>
public interface ISpeechEngineFactory
{
    /// <summary>May take minutes; runs on a thread of its own.</summary>
    Task<ISpeechEngine> Load(CancellationToken cancellation);
}

/// <summary>How this silo serves its engine.</summary>
public sealed record EngineHostOptions
{
    /// <summary>How long accepted work may still run when the silo is told to stop.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(40);
}
