using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Storage;

namespace DiaOrleans.Server.Hosting;

/// <summary>Loads the model of the settings.</summary>
internal sealed class OnnxSpeechEngineFactory(
    EngineOptions options,
    EngineHostOptions engines,
    DeviceChoice devices,
    ModelStore store,
    DataFolder data,
    DiaMetrics metrics,
    TimeProvider time,
    ILogger<SpeechEngine> logger) : ISpeechEngineFactory
{
    /// <inheritdoc/>
    public Task<ISpeechEngine> Load(string device, CancellationToken cancellationToken)
    {
        var folders = ModelFolder.Find(options, store);
        var model = new ModelOptions
        {
            Folder = folders.Model,
            CodecFolder = folders.Codec,
            Profile = options.ProfileOverride,
            Device = device,
            Precision = devices.Precision,
            CodecPrecision = devices.CodecPrecision,
            CacheFolder = data.Cache,
            Threads = options.Threads,
            Slots = engines.Slots,
            MaxWaitingSeconds = options.MaxWaitingSeconds,
        };
        return Task.FromResult<ISpeechEngine>(SpeechEngine.Open(model, logger, time, metrics));
    }
}
