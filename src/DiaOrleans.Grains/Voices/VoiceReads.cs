using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Voices;

/// <summary>Voices for requests; see <see cref="StoredReads"/>.</summary>
internal sealed class VoiceReads(IGrainFactory grains, StoredReads reads)
{
    /// <summary>The settings of a voice, or null if there is none with this id.</summary>
    public async Task<VoiceSettings?> Find(string id)
    {
        if (!VoiceId.CanExist(id)) return null;
        var voice = grains.GetGrain<IVoiceGrain>(id);
        return await reads.Read(voice, voice.Get, async () => (await reads.ReadState<VoiceState>(voice, VoiceState.Name)).Settings);
    }

    /// <summary>The first voices, to be named to a client; none if the catalogue does not answer.</summary>
    /// <param name="max">The most ids.</param>
    public Task<FirstVoices> ListFirst(int max)
    {
        var catalog = grains.GetGrain<IVoiceCatalogGrain>(0);
        return reads.Read(catalog, () => catalog.ListFirst(max), () => Task.FromResult(new FirstVoices([], 0)));
    }
}
