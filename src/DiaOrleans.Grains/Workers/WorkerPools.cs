using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Settings;

namespace DiaOrleans.Grains.Workers;

/// <summary>
/// Which pool speaks a request. It does not depend on the load, so that the same request has the same bytes through every silo, as a
/// stream, as a whole and as a job.
/// </summary>
internal sealed class WorkerPools(CurrentValue<WorkerPoolOptions> options)
{
    /// <summary>The workers of the request's pool, and those whose model is not loaded, of which no one knows the pool.</summary>
    /// <param name="workers">All workers of the cluster.</param>
    /// <param name="model">The model that the request names; null if it names none.</param>
    public IReadOnlyList<WorkerStatus> For(IReadOnlyList<WorkerStatus> workers, string? model)
    {
        var pool = Choose(workers, model);
        return [.. workers.Where(worker => worker.Pool is null || worker.Pool == pool)];
    }

    /// <summary>The pools that have workers, by name, if no default pool is set; else none.</summary>
    /// <param name="workers">All workers of the cluster.</param>
    public IReadOnlyList<string> FindUnchosen(IReadOnlyList<WorkerStatus> workers) => options.Value.DefaultPool is not null
        ? []
        : [.. workers.Select(worker => worker.Pool).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The pool of a request; null if there is none.</summary>
    private string? Choose(IReadOnlyList<WorkerStatus> workers, string? model)
    {
        var preferred = options.Value.DefaultPool;
        if (model is null && preferred is not null) return preferred;
        var pools = workers.Where(worker => model is null || worker.Model?.Name == model).Select(worker => worker.Pool).OfType<string>();
        return pools.OrderBy(pool => pool != preferred).ThenBy(pool => pool, StringComparer.Ordinal).FirstOrDefault();
    }
}
