using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Voices;

/// <summary>Voices for requests; see <see cref="StoredReads"/>.</summary>
internal sealed class VoiceReads(IGrainFactory grains, StoredReads reads, ActivationCopies copies)
{
    private IVoiceCatalogGrain Catalog => grains.GetGrain<IVoiceCatalogGrain>(0);

    /// <summary>The settings of a voice, or null if there is none with this id.</summary>
    public async Task<VoiceSettings?> Find(string id)
    {
        if (!VoiceId.CanExist(id)) return null;
        var voice = grains.GetGrain<IVoiceGrain>(id);
        return copies.Find<VoiceSettings>(voice) ?? await reads.Read(voice, voice.Get, () => FindStored(id));
    }

    /// <summary>All voices, in the order of their creation.</summary>
    public Task<IReadOnlyList<Voice>> List() => reads.Read(Catalog, Catalog.List, ListStored, StoredReads.ListLimit);

    /// <summary>The ids of all voices, in the order of their creation.</summary>
    public Task<IReadOnlyList<string>> ListIds() => reads.Read<IReadOnlyList<string>>(
        Catalog,
        Catalog.ListIds,
        async () => [.. (await ListStored()).Select(voice => voice.Id)],
        StoredReads.ListLimit);

    /// <summary>The first voices, to be named to a client; none if the catalogue does not answer.</summary>
    /// <param name="max">The most ids.</param>
    public Task<FirstVoices> ListFirst(int max) =>
        reads.Read(Catalog, () => Catalog.ListFirst(max), () => Task.FromResult(new FirstVoices([], 0)));

    /// <summary>Those of the catalogue's ids whose voices exist; see <see cref="StoredCatalogs.ReadListed"/>.</summary>
    public async Task<IReadOnlyList<Voice>> ReadListed(IReadOnlyList<string> ids) =>
        Existing(ids, await StoredCatalogs.ReadListed(ids, ReadStored, Find));

    private static IReadOnlyList<Voice> Existing(IReadOnlyList<string> ids, IReadOnlyList<VoiceSettings?> settings) =>
        [.. ids.Zip(settings).Where(pair => pair.Second is not null).Select(pair => new Voice(pair.First, pair.Second!))];

    private async Task<IReadOnlyList<Voice>> ListStored()
    {
        var ids = await reads.ReadIds<VoiceCatalogState>(grains, Catalog, VoiceCatalogState.Name, VoiceCatalogState.Catalog);
        return Existing(ids, await ReadStored(ids));
    }

    private async Task<VoiceSettings?> FindStored(string id) =>
        (await reads.ReadState<VoiceState>(grains.GetGrain<IVoiceGrain>(id), VoiceState.Name)).Settings;

    private async Task<IReadOnlyList<VoiceSettings?>> ReadStored(IReadOnlyList<string> ids)
    {
        var states = await reads.ReadStates<VoiceState>([.. ids.Select(id => grains.GetGrain<IVoiceGrain>(id))], VoiceState.Name);
        return [.. states.Select(state => state.Settings)];
    }
}
