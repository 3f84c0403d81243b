using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Models.Hub;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Hosting;

/// <summary>The folders that an engine loads.</summary>
/// <param name="Model">The checkpoint.</param>
/// <param name="Codec">The codec, for a checkpoint that has none; null if there is none here.</param>
internal sealed record ModelFolders(string Model, string? Codec);

/// <summary>Finds the folders of the settings: by a path, by the name of a model on this disk, or the model of the server.</summary>
internal static class ModelFolder
{
    private const string Shipped = "models/dia-nano";

    /// <summary>Path of the model that comes with the server.</summary>
    /// <exception cref="SettingsException">There is none.</exception>
    public static string Default() => FindShipped(AppContext.BaseDirectory)
        ?? throw Missing(nameof(EngineOptions.Model), $"No {Shipped} beside the program. Name a checkpoint folder with --model.");

    /// <summary>Path of the model that comes with the server: beside the program, or above it in a clone; null if there is none.</summary>
    /// <param name="program">Path of the folder of the program.</param>
    public static string? FindShipped(string program)
    {
        for (var folder = new DirectoryInfo(program); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, Shipped);
            if (File.Exists(Path.Combine(candidate, "config.json"))) return candidate;
        }

        return null;
    }

    /// <summary>The folders of the settings.</summary>
    /// <exception cref="SettingsException">One of them is not on this disk; the message says how to get it.</exception>
    public static ModelFolders Find(EngineOptions options, ModelStore store)
    {
        var model = options.Model is null ? Default() : Find(options.Model, store, nameof(EngineOptions.Model));
        return new ModelFolders(model, options.Codec is null ? FindCodec(model, store) : FindNamed(options.Codec));

        string FindNamed(string codec) => Find(codec, store, nameof(EngineOptions.Codec));
    }

    /// <summary>The folder of a name, or a path as it is.</summary>
    /// <exception cref="SettingsException">There is neither such a folder nor such a model.</exception>
    public static string Find(string name, ModelStore store, string setting)
    {
        if (Directory.Exists(name)) return name;
        if (store.Find(name) is { } model) return model.Folder;
        if (name == Path.GetFileName(Shipped)) return Default();
        throw Missing(setting, ModelId.TryParse(name, out var id)
            ? $"The model {id} is not on this disk. Get it with: ./run.sh model pull {id}"
            : $"There is no folder {name} and no model of that name. ./run.sh model list shows those on this disk.");
    }

    /// <summary>The codec that a checkpoint without one names, or else the published one, if it is on this disk.</summary>
    private static string? FindCodec(string model, ModelStore store)
    {
        try
        {
            var named = CodecLocator.Named(model);
            if (named is not null && CodecLocator.Inside(model, named) is not null) return null;
            var found = named is null ? null : store.Find(named);
            return (found ?? store.Find(ModelPull.PublishedCodec))?.Folder;
        }
        catch (CheckpointException)
        {
            // The load reports it.
            return null;
        }
    }

    private static SettingsException Missing(string setting, string message) => new(message) { Setting = setting, IsMissingModel = true };
}
