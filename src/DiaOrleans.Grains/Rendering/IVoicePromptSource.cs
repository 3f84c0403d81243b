using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Where recordings to continue come from.</summary>
internal interface IVoicePromptSource
{
    /// <summary>The voice's recording as codes of that worker's codec, with its transcript; null where the voice has none that can be used.</summary>
    Task<VoicePrompt?> Find(VoiceSettings voice, ModelFacts model, IGpuWorkerGrain worker, CancellationToken stop);
}
