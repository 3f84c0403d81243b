using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Cloning;

/// <summary>Turns recordings into codes.</summary>
internal interface IPromptEncoder
{
    /// <summary>Codes of a recording.</summary>
    /// <param name="samples">Mono, -1 to 1, at the codec's rate.</param>
    /// <param name="worker">The worker whose codec encodes.</param>
    /// <exception cref="PromptEncodingException">The worker refuses the recording, cannot encode it, or does not answer.</exception>
    Task<AudioCodes> Encode(float[] samples, IWorker worker);
}
