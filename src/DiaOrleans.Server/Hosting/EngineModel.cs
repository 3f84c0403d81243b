using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Models.Hub;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;

namespace DiaOrleans.Server.Hosting;

/// <summary>The model of the settings, as an engine loads it.</summary>
internal sealed class EngineModel(
    EngineOptions options,
    EngineHostOptions engines,
    DeviceChoice devices,
    ModelStore store,
    DataOptions data)
{
    /// <summary>The model of settings, outside a server.</summary>
    /// <exception cref="SettingsException">The devices of the settings cannot be used.</exception>
    public static EngineModel Create(OptionsSet options)
    {
        var environment = HubEnvironment.Read(Environment.GetEnvironmentVariable);
        var data = options.Get<DataOptions>();
        return new EngineModel(
            options.Get<EngineOptions>(),
            options.Get<EngineHostOptions>(),
            options.Get<DeviceOptions>().Choose(),
            options.Get<ModelStoreOptions>().OpenStore(data.Data, environment),
            data);
    }

    /// <summary>Names of the devices that it runs on.</summary>
    public IReadOnlyList<string> Devices => devices.Devices;

    /// <summary>The model for a device.</summary>
    /// <param name="device">Name of the device, such as <c>cpu</c>.</param>
    /// <exception cref="SettingsException">The model or its codec is not on this disk.</exception>
    public ModelOptions For(string device)
    {
        var folders = ModelFolder.Find(options, store);
        return new ModelOptions
        {
            Folder = folders.Model,
            CodecFolder = folders.Codec,
            Profile = options.ProfileOverride,
            Device = device,
            Precision = devices.Precision,
            CodecPrecision = devices.CodecPrecision,
            CacheFolder = DataFolder.CacheIn(data.Data),
            Threads = options.Threads,
            Slots = engines.Slots,
            MaxWaitingSeconds = options.MaxWaitingSeconds,
        };
    }
}
