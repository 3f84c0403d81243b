using DiaOrleans.Abstractions.Voices;

namespace DiaOrleans.Grains.Voices;

/// <summary>What is stored of the catalogue: ids in the order of creation.</summary>
[Alias("dia.voice-catalog-state")]
internal sealed record VoiceCatalogState
{
    public List<string> Ids { get; init; } = [];
}

internal sealed class VoiceCatalogGrain([PersistentState("voice-catalog")] IPersistentState<VoiceCatalogState> state) : Grain, IVoiceCatalogGrain
{
    public async Task<IReadOnlyList<string>> ListIds() => [.. (await List()).Select(v => v.Id)];

    public async Task<IReadOnlyList<Voice>> List()
    {
        var ids = state.State.Ids.ToArray();
        var settings = await Task.WhenAll(ids.Select(id => GrainFactory.GetGrain<IVoiceGrain>(id).Get()));
        return [.. ids.Zip(settings).Where(v => v.Second is not null).Select(v => new Voice(v.First, v.Second!))];
    }

    public async Task Add(string voiceId)
    {
        if (!state.State.Ids.Contains(voiceId)) await Store([.. state.State.Ids, voiceId]);
    }

    public async Task Remove(string voiceId)
    {
        if (state.State.Ids.Contains(voiceId)) await Store([.. state.State.Ids.Where(id => id != voiceId)]);
    }

    private async Task Store(List<string> ids)
    {
        var before = state.State;
        state.State = new VoiceCatalogState { Ids = ids };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            throw;
        }
    }
}
