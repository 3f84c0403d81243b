using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Hosting;

/// <summary>Finds the model that comes with the server.</summary>
internal static class ModelFolder
{
    private const string Shipped = "models/dia-nano";

    /// <summary>Path of the folder: beside the program, or above it in a clone of the repository.</summary>
    /// <exception cref="SettingsException">There is none.</exception>
    public static string Default()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, Shipped);
            if (File.Exists(Path.Combine(candidate, "config.json"))) return candidate;
        }

        throw new SettingsException($"No {Shipped} beside the program. Name a checkpoint folder with --model.")
        {
            Setting = nameof(EngineOptions.Model),
        };
    }
}
