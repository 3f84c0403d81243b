using DiaOrleans.Grains.State;
using Orleans.Placement;

namespace DiaOrleans.Grains.Jobs;

/// <summary>A full page of the catalogue: one stored row, so that a submission costs the writing of the newest page and not of the whole catalogue. Only the catalogue calls it.</summary>
[Alias("dia.job-catalog-page")]
internal interface IJobCatalogPageGrain : IGrainWithIntegerKey
{
    /// <summary>Empty where nothing is stored.</summary>
    [Alias("read")]
    Task<JobCatalogPageState> Read();

    /// <summary>Stored before the call returns; an empty page leaves no row.</summary>
    [Alias("write")]
    Task Write(JobCatalogPageState page);
}

/// <inheritdoc cref="IJobCatalogPageGrain"/>
[GrainType("dia.job-catalog-page"), PreferLocalPlacement]
internal sealed class JobCatalogPageGrain([PersistentState("job-catalog-page", StateStorage.ProviderName)] IPersistentState<JobCatalogPageState> state)
    : Grain, IJobCatalogPageGrain
{
    public Task<JobCatalogPageState> Read() => Task.FromResult(state.State);

    public async Task Write(JobCatalogPageState page)
    {
        state.State = page;
        try
        {
            if (page.IsEmpty) await state.ClearStateAsync();
            else await state.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
