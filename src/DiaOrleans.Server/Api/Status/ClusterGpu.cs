using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.SiloReports;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Server.Api.Status;

/// <summary>An allowed GPU of the cluster.</summary>
/// <param name="Number">
/// In answers: its number on its machine if one silo has GPUs, else its place among those of all silos, by silo and number, from 0.
/// </param>
/// <param name="Silo">The report of its silo.</param>
/// <param name="Gpu">What the silo says of it.</param>
internal sealed record ClusterGpu(int Number, SiloReport Silo, GpuReport Gpu)
{
    private const double BytesPerGiB = 1 << 30;
    private const double HighPressure = 0.85;

    /// <summary>The key of the GPU in answers, such as gpu_0.</summary>
    public string Key => $"gpu_{Number}";

    /// <summary>Whether a worker on it has a loaded model.</summary>
    public bool IsLoaded => Silo.Workers.Any(worker => worker.Model is not null && DeviceOf(worker) == Gpu.Number);

    /// <summary>Silo and number on its machine.</summary>
    public string Place => $"{Silo.Silo}/{Gpu.Number}";

    private string? Error => Silo.IsFresh ? Gpu.Error : $"silo '{Silo.Silo}' does not answer";

    /// <summary>The GPUs of all reports.</summary>
    public static IReadOnlyList<ClusterGpu> All(IReadOnlyList<SiloReport> reports)
    {
        var isOne = reports.Count(report => report.Gpus.Count > 0) == 1;
        var all = reports.SelectMany(report => report.Gpus.Select(gpu => (report, gpu)));
        return [.. all.Select((one, place) => new ClusterGpu(isOne ? one.gpu.Number : place, one.report, one.gpu))];
    }

    /// <summary>Number of the GPU of a worker; that of the device of its silo if it has none.</summary>
    public static int DeviceOf(WorkerStatus worker) =>
        DeviceChoice.GpuNumber(worker.Device) ?? (WorkerKey.TryParse(worker.Key, out var key) ? key.Device : 0);

    /// <summary>The JSON of its memory.</summary>
    public object FormatMemory()
    {
        if (Error is { } error) return new { error };
        return new
        {
            allocated_gb = ToGiB(Gpu.Used),
            reserved_gb = ToGiB(Gpu.Used),
            total_gb = ToGiB(Gpu.Total),
            free_gb = ToGiB(Gpu.Total - Gpu.Used),
        };
    }

    /// <summary>The JSON of the used part of its memory; it is high above 85 %.</summary>
    public object FormatPressure()
    {
        if (Error is not null || Gpu.Total == 0) return new { status = "unknown" };
        var pressure = (double)Gpu.Used / Gpu.Total;
        return new { pressure = Math.Round(pressure, 3), status = pressure > HighPressure ? "high" : "normal" };
    }

    private static double ToGiB(long bytes) => Math.Round(bytes / BytesPerGiB, 2);
}
