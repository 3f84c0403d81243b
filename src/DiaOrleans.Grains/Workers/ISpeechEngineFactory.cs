using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Workers;

/// <summary>Loads the engine of this silo.</summary>
public interface ISpeechEngineFactory
{
    /// <summary>Reads the model and starts its loop. May take minutes; a failure is the exception that says what is wrong with the model.</summary>
    Task<ISpeechEngine> Load(CancellationToken cancellationToken);
}
