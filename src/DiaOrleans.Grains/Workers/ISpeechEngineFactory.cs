using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Workers;

/// <summary>Loads the engines of this silo.</summary>
public interface ISpeechEngineFactory
{
    /// <summary>
    /// Reads the model and starts its engine on a device. May take minutes. Throws an exception that says what is wrong with the model.
    /// </summary>
    /// <param name="device">Name of the device, such as <c>cpu</c>.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    Task<ISpeechEngine> Load(string device, CancellationToken cancellationToken);
}
