using DiaOrleans.Abstractions.Voices;

namespace DiaOrleans.Grains.Prompts;

/// <summary>The voices that use an audio prompt, in the order of their creation.</summary>
internal sealed class PromptVoices(IGrainFactory grains)
{
    public async Task<IReadOnlyList<string>> Using(string promptId) =>
        [.. (await grains.GetGrain<IVoiceCatalogGrain>(0).List()).Where(voice => voice.Settings.AudioPrompt == promptId).Select(voice => voice.Id)];

    /// <summary>Gives them the prompt's transcript and answers with those that took it.</summary>
    public async Task<IReadOnlyList<string>> Tell(TranscriptChange change)
    {
        var ids = await Using(change.PromptId);
        var taken = await Task.WhenAll(ids.Select(id => grains.GetGrain<IVoiceGrain>(id).ApplyTranscript(change)));
        return [.. ids.Where((_, i) => taken[i])];
    }
}
