using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Server.Hosting;

/// <summary>Loads the model that the settings name.</summary>
internal sealed class OnnxSpeechEngineFactory(ServerOptions options, TimeProvider time, ILogger<SpeechEngine> logger) : ISpeechEngineFactory
{
    public Task<ISpeechEngine> Load(CancellationToken cancellation)
    {
        var model = new ModelOptions
        {
            Folder = options.Model ?? ModelFolder.Default(),
            CodecFolder = options.Codec,
            Profile = options.ProfileOverride,
            Threads = options.Threads,
            Slots = options.Slots,
            MaxWaitingSeconds = options.MaxWaitingSeconds,
        };
        return Task.FromResult<ISpeechEngine>(SpeechEngine.Open(model, logger, time));
    }
}
