using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Server.Health;

/// <summary>Registers what says whether the server is ready.</summary>
internal static class HealthServices
{
    /// <summary>Adds <see cref="Readiness"/>, which needs the silo and its workers.</summary>
    /// <param name="services">The services of the server.</param>
    /// <param name="answersClients">
    /// Whether it answers clients: then it must know the workers of the cluster. A silo that does not must not wait for those that do.
    /// </param>
    public static IServiceCollection AddReadiness(this IServiceCollection services, bool answersClients) =>
        services.AddSingleton<StorageProbe>().AddSingleton(provider =>
        {
            var workers = provider.GetRequiredService<LocalWorkers>();
            var roster = provider.GetRequiredService<WorkerRosterCopy>();
            IEnumerable<WorkerStatus> Read() => workers.All.Select(worker => worker.Status);
            bool CanChoose() => !answersClients || roster.IsKnown;
            return ActivatorUtilities.CreateInstance<Readiness>(provider, (Func<IEnumerable<WorkerStatus>>)Read, (Func<bool>)CanChoose);
        });
}
