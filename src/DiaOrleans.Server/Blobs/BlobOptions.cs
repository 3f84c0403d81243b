using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Blobs;

/// <summary>Where recordings, results of jobs, saved outputs and previews are stored.</summary>
internal sealed record BlobOptions
{
    /// <summary>Folder of the blobs, which may be shared by machines; null, the default, takes the data folder.</summary>
    [FolderPath]
    public string? BlobFolder { get; init; }

    /// <summary>Absolute path of the folder of the blobs.</summary>
    /// <param name="data">Absolute path of the data folder.</param>
    public string FolderIn(string data) => BlobFolder is { } folder ? Path.GetFullPath(folder) : data;
}
