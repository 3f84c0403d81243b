using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Server.Devices;

namespace DiaOrleans.Server.Hosting;

/// <summary>Loads the model of the settings, if it fits into memory, and says what speed to expect of it.</summary>
internal sealed class OnnxSpeechEngineFactory(
    EngineModel models,
    EngineOptions options,
    HostMemory memory,
    SpeedWatch speeds,
    DiaMetrics metrics,
    TimeProvider time,
    ILogger<SpeechEngine> logger) : ISpeechEngineFactory
{
    /// <inheritdoc/>
    public Task<ISpeechEngine> Load(string device, CancellationToken cancellationToken)
    {
        var model = models.For(device) with { AvailableMemory = options.MemoryCheck ? memory.Available : null };
        MemoryCheck.Require(model, options, memory);
        speeds.Announce(model);
        var engine = SpeechEngine.Open(model, logger, time, metrics);
        speeds.Watch(engine, model);
        return Task.FromResult<ISpeechEngine>(engine);
    }
}
