using DiaOrleans.Grains.State;
using Orleans.Placement;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// A full page of the catalogue in a stored row of its own, so that a submission writes the newest page only. Called by the catalogue
/// only.
/// </summary>
[Alias("dia.job-catalog-page")]
internal interface IJobCatalogPageGrain : IGrainWithIntegerKey
{
    /// <summary>The page; empty if none is stored.</summary>
    [Alias("read")]
    Task<JobCatalogPageState> Read();

    /// <summary>Stores the page before the call returns. An empty page is removed from the store.</summary>
    [Alias("write")]
    Task Write(JobCatalogPageState page);
}

/// <inheritdoc cref="IJobCatalogPageGrain"/>
[GrainType("dia.job-catalog-page"), PreferLocalPlacement]
internal sealed class JobCatalogPageGrain(
    [PersistentState("job-catalog-page", StateStorage.ProviderName)] IPersistentState<JobCatalogPageState> state)
    : Grain, IJobCatalogPageGrain
{
    public Task<JobCatalogPageState> Read() => Task.FromResult(state.State);

    public Task Write(JobCatalogPageState page)
    {
        state.State = page;
        return page.IsEmpty ? state.ClearOrDeactivate(this) : state.WriteOrDeactivate(this);
    }
}
