using DiaOrleans.Server.Models.Hub;
using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Models.Store;

/// <summary>Where models are kept, and where <c>model pull</c> gets them.</summary>
internal sealed record ModelStoreOptions
{
    private const string FolderName = "models";

    /// <summary>Folder of the models that were pulled; null takes models in the data folder.</summary>
    public string? Models { get; init; }

    /// <summary>
    /// The http or https address of a hub, or the path of a folder with models; null takes the variable HF_ENDPOINT, or the public hub. It
    /// is used by <c>model pull</c> alone.
    /// </summary>
    [HubPlace]
    public string? Hub { get; init; }

    /// <summary>Path of the folder of models.</summary>
    /// <param name="data">Path of the data folder.</param>
    public string FolderIn(string data) => string.IsNullOrEmpty(Models) ? Path.Combine(data, FolderName) : Models;

    /// <summary>The models on this disk.</summary>
    /// <param name="data">Path of the data folder.</param>
    /// <param name="environment">Names the cache of the hub.</param>
    public ModelStore OpenStore(string data, HubEnvironment environment) =>
        new(Path.GetFullPath(FolderIn(data)), new HuggingFaceCache(environment.Cache));
}
