using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace DiaOrleans.Grains.SiloReports;

/// <summary>Makes the report of this silo.</summary>
public interface ISiloReporter
{
    /// <summary>The report of now.</summary>
    ValueTask<SiloReport> Report();
}

/// <summary>Asks a silo for its report. One service a silo, which is reached without a directory.</summary>
[Alias("dia.silo-report-service")]
internal interface ISiloReportService : IGrainService
{
    /// <summary>The report of now.</summary>
    [Alias("report"), ResponseTimeout("00:00:05")]
    Task<SiloReport> Report();
}

/// <inheritdoc cref="ISiloReportService"/>
[Reentrant]
internal sealed class SiloReportService(GrainId id, Silo silo, ILoggerFactory loggers, ISiloReporter reporter)
    : GrainService(id, silo, loggers), ISiloReportService
{
    public async Task<SiloReport> Report() => await reporter.Report();
}

/// <summary>Finds the services of silos.</summary>
internal sealed class SiloReportClient(IServiceProvider services) : GrainServiceClient<ISiloReportService>(services)
{
    /// <summary>The service of a silo.</summary>
    public ISiloReportService Of(SiloAddress silo) => GetGrainService(silo);
}
