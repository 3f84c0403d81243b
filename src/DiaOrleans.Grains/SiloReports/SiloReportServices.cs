using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace DiaOrleans.Grains.SiloReports;

/// <summary>Registers the reports of silos.</summary>
public static class SiloReportServices
{
    /// <summary>Adds <see cref="ClusterReports"/> and the service that others ask. It needs an <see cref="ISiloReporter"/>.</summary>
    public static IServiceCollection AddSiloReports(this IServiceCollection services) =>
        services.AddGrainService<SiloReportService>().AddSingleton<ClusterReports>();
}
