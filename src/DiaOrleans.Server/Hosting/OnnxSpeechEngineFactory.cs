using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Server.Hosting;

/// <summary>Loads the model that the settings name, on the CPU.</summary>
internal sealed class OnnxSpeechEngineFactory(ServerOptions options, TimeProvider time, ILogger<SpeechEngine> logger) : ISpeechEngineFactory
{
    private const string Cpu = "cpu";

    /// <exception cref="ArgumentException">The device is not the CPU.</exception>
    public Task<ISpeechEngine> Load(string device, CancellationToken cancellationToken)
    {
        if (device != Cpu) throw new ArgumentException($"There is no device '{device}'; this build runs on '{Cpu}'.", nameof(device));
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
