using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.SiloReports;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Devices;

namespace DiaOrleans.Server.Api.Status;

/// <summary>Reports the allowed GPUs of this machine, and the workers and the speech recognition of this silo.</summary>
internal sealed class SiloReporter(
    UsableGpus gpus,
    LocalWorkers workers,
    SiloRecognition recognition,
    ILocalSiloDetails silo) : ISiloReporter
{
    /// <inheritdoc/>
    public ValueTask<SiloReport> Report() =>
        gpus.Numbers.Count == 0 ? new ValueTask<SiloReport>(Make()) : new ValueTask<SiloReport>(Task.Run(Make));

    /// <summary>Asks the driver for the memory of GPUs, which may take a while.</summary>
    private SiloReport Make() => new()
    {
        Silo = silo.Name,
        IsMulti = gpus.IsMulti,
        GpuCount = gpus.Count,
        Gpus = [.. gpus.Numbers.Select(number => Describe(number, gpus.ReadMemory(number)))],
        Workers = [.. workers.All.Select(worker => worker.Status)],
        Recognizer = recognition.Report(),
    };

    private static GpuReport Describe(int number, GpuMemory memory) => new(number, memory.Used, memory.Total, memory.Error);
}
