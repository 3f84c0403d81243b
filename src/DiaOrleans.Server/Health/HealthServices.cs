using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Server.Health;

/// <summary>Registers what says whether the server is ready.</summary>
internal static class HealthServices
{
    /// <summary>Adds <see cref="Readiness"/>, which needs the silo and its workers.</summary>
    public static IServiceCollection AddReadiness(this IServiceCollection services) =>
        services.AddSingleton<StorageProbe>().AddSingleton(provider =>
        {
            var workers = provider.GetRequiredService<LocalWorkers>();
            IEnumerable<WorkerStatus> Read() => workers.All.Select(worker => worker.Status);
            return ActivatorUtilities.CreateInstance<Readiness>(provider, (Func<IEnumerable<WorkerStatus>>)Read);
        });
}
