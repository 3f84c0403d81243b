using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Storage;

/// <summary>Where the server stores.</summary>
internal sealed record DataOptions
{
    /// <summary>Folder of everything that is stored: data, in the working folder, by default. One server at a time can use it.</summary>
    [FolderPath]
    public string Data { get; init; } = "data";
}
