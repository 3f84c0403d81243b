using DiaOrleans.Abstractions.Calls;
using DiaOrleans.Grains.State;
using Orleans.Placement;

namespace DiaOrleans.Grains.Catalogs;

/// <summary>
/// A full page of a catalogue in a stored row of its own; the key is the catalogue's name and the number. Called by the catalogue only.
/// </summary>
[Alias("dia.id-page")]
internal interface IIdPageGrain : IGrainWithStringKey
{
    /// <summary>The ids; empty if none is stored.</summary>
    [Alias("read"), ResponseTimeout(AnswerLimits.Single)]
    Task<List<string>> Read();

    /// <summary>Stores the ids before the call returns. An empty page is removed from the store.</summary>
    [Alias("write"), ResponseTimeout(AnswerLimits.Single)]
    Task Write(List<string> ids);
}

/// <inheritdoc cref="IIdPageGrain"/>
[GrainType("dia.id-page"), PreferLocalPlacement]
internal sealed class IdPageGrain([PersistentState(IdPageState.Name, StateStorage.ProviderName)] IPersistentState<IdPageState> state)
    : Grain, IIdPageGrain
{
    public Task<List<string>> Read() => Task.FromResult(state.State.Ids);

    public Task Write(List<string> ids)
    {
        state.State.Ids = ids;
        return ids.Count == 0 ? state.ClearOrDeactivate(this) : state.WriteOrDeactivate(this);
    }
}

/// <summary>The stored ids of a full page.</summary>
[GenerateSerializer, Alias("dia.id-page-state"), StoredState("dia.id-page", version: 1)]
internal sealed class IdPageState
{
    /// <summary>Name of the state.</summary>
    public const string Name = "id-page";

    [Id(0)] public List<string> Ids { get; set; } = [];
}
