using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Voices;

/// <summary>The order of voices. The grain of each voice decides whether the voice exists.</summary>
[GrainType("dia.voice-catalog")]
internal sealed class VoiceCatalogGrain : Grain, IVoiceCatalogGrain
{
    private readonly IdCatalog<VoiceCatalogState> _ids;
    private readonly VoiceReads _voices;
    private readonly CatalogOptions _options;

    public VoiceCatalogGrain(
        [PersistentState(VoiceCatalogState.Name, StateStorage.ProviderName)] IPersistentState<VoiceCatalogState> state,
        IGrainFactory grains,
        VoiceReads voices,
        CatalogOptions options)
    {
        _ids = new IdCatalog<VoiceCatalogState>(VoiceCatalogState.Catalog, state, this, grains);
        _voices = voices;
        _options = options;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _ids.Load();

    public async Task<IReadOnlyList<string>> ListIds() => [.. (await List()).Select(voice => voice.Id)];

    public Task<IReadOnlyList<Voice>> List() => _voices.ReadListed([.. _ids.Ids]);

    public async Task<FirstVoices> ListFirst(int max)
    {
        var found = new List<string>();
        var ids = _ids.Ids.ToArray();
        var read = 0;
        // After a crash the list may have a voice that does not exist: then the next ones are read in its place.
        for (int count; found.Count < max && read < ids.Length; read += count)
        {
            count = Math.Min(max - found.Count, ids.Length - read);
            found.AddRange((await _voices.ReadListed(ids[read..(read + count)])).Select(voice => voice.Id));
        }

        return new FirstVoices(found, ids.Length - read);
    }

    public async Task<bool> Enter(string voiceId)
    {
        if (!_ids.HasRoomFor(voiceId, _options.MaxVoices)) return false;
        await _ids.Add(voiceId);
        return true;
    }

    public Task Add(string voiceId) => _ids.Add(voiceId);

    public Task Remove(string voiceId) => _ids.Remove(voiceId);
}
