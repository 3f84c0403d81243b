using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Cloning;

/// <summary>Turns samples into codes.</summary>
internal interface IPromptEncoder
{
    /// <param name="samples">Mono, -1 to 1, at the codec's rate.</param>
    /// <param name="worker">Whose codec encodes.</param>
    /// <exception cref="PromptEncodingException">The worker refuses, or fails.</exception>
    Task<AudioCodes> Encode(float[] samples, IGpuWorkerGrain worker);
}
