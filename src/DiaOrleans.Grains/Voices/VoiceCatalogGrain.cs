using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Voices;

/// <summary>The order of voices. The grain of each voice decides whether the voice exists.</summary>
[GrainType("dia.voice-catalog")]
internal sealed class VoiceCatalogGrain(
    [PersistentState("voice-catalog", StateStorage.ProviderName)] IPersistentState<VoiceCatalogState> state)
    : Grain, IVoiceCatalogGrain
{
    public async Task<IReadOnlyList<string>> ListIds() => [.. (await List()).Select(voice => voice.Id)];

    public async Task<IReadOnlyList<Voice>> List()
    {
        var ids = state.State.Ids;
        var settings = await Task.WhenAll(ids.Select(id => GrainFactory.GetGrain<IVoiceGrain>(id).Get()));
        return [.. ids.Zip(settings).Where(pair => pair.Second is not null).Select(pair => new Voice(pair.First, pair.Second!))];
    }

    public Task Add(string voiceId) => state.State.Ids.Contains(voiceId) ? Task.CompletedTask : Store([.. state.State.Ids, voiceId]);

    public Task Remove(string voiceId) =>
        state.State.Ids.Contains(voiceId) ? Store([.. state.State.Ids.Where(id => id != voiceId)]) : Task.CompletedTask;

    private Task Store(List<string> ids)
    {
        state.State.Ids = ids;
        return state.WriteOrDeactivate(this);
    }
}
