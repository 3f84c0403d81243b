using DiaOrleans.Abstractions.Voices;

namespace DiaOrleans.Grains.Voices;

/// <summary>The voices that use an audio prompt.</summary>
internal sealed class PromptVoices(IGrainFactory grains, VoiceReads voices)
{
    /// <summary>The ids of the voices that use a prompt, in the order of their creation.</summary>
    public async Task<IReadOnlyList<string>> List(string promptId)
    {
        return [.. (await voices.List()).Where(voice => voice.Settings.AudioPrompt == promptId).Select(voice => voice.Id)];
    }

    /// <summary>Sends a new transcript to the voices of a prompt.</summary>
    /// <returns>The ids of the voices that took it, in the order of their creation.</returns>
    public async Task<IReadOnlyList<string>> UpdateTranscripts(TranscriptChange change)
    {
        var ids = await List(change.PromptId);
        var changed = await Task.WhenAll(ids.Select(id => grains.GetGrain<IVoiceGrain>(id).ApplyTranscript(change)));
        return [.. ids.Where((_, i) => changed[i])];
    }
}
