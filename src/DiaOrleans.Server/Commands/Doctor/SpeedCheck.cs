using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Models.Speed;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Server.Commands.Doctor;

/// <summary>
/// What speed to expect of the model here: measured before, or now on the CPU, which loads it; and whether it fits into memory.
/// </summary>
internal static class SpeedCheck
{
    private const string Check = "speed";

    /// <summary>Runs the check. What it measures is kept in the data folder if that exists.</summary>
    public static async Task<Finding> Run(OptionsSet options)
    {
        try
        {
            var models = EngineModel.Create(options);
            var model = models.For(models.Devices[0]);
            var data = options.Get<DataOptions>().Data;
            var records = new SpeedRecords(data);
            if (records.Find(SpeedKey.Create(model)) is { } known) return Describe(known, "measured before");
            if (model.Device != Device.Cpu.Name) return new(Check, Verdict.Ok, $"not measured yet: a server on {model.Device} does it");
            MemoryCheck.Require(model, options.Get<EngineOptions>(), new HostMemory());
            if (await Measure(model, isKept: Directory.Exists(data)) is not { } speed)
                return new(Check, Verdict.Warning, "the model made too little to measure");
            if (Directory.Exists(data)) records.Keep(speed);
            return Describe(speed, "measured now");
        }
        catch (Exception e) when (e is SettingsException or CheckpointException or OnnxRuntimeException or ArgumentException)
        {
            return new(Check, Verdict.Problem, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(Check, Verdict.Warning, $"the measurement was not kept: {e.Message}");
        }
    }

    /// <summary>Without a data folder, quantised weights are made in a temporary one.</summary>
    private static async Task<MeasuredSpeed?> Measure(ModelOptions model, bool isKept)
    {
        var temporary = isKept ? null : Directory.CreateTempSubdirectory("dia-doctor-");
        try
        {
            var cached = isKept ? model : model with { CacheFolder = temporary!.FullName };
            await using var engine = SpeechEngine.Open(cached, NullLogger<SpeechEngine>.Instance);
            var factor = await new SpeedProbe(TimeProvider.System).Measure(engine, CancellationToken.None);
            return factor is { } found ? new MeasuredSpeed(SpeedKey.Create(model), found, TimeProvider.System.GetUtcNow()) : null;
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private static Finding Describe(MeasuredSpeed speed, string how) => speed.IsRealTime
        ? new(Check, Verdict.Ok, $"{speed.Describe()} ({how})")
        : new(Check, Verdict.Warning, $"{speed.Describe()} ({how})", speed.Advise(SpeedWatch.FasterPrecisions(speed.Key)));
}
