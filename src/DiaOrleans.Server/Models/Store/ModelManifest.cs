using System.Text.Json;
using System.Text.Json.Serialization;
using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Models.Store;

/// <summary>What was pulled, in the file .dia-model.json of the model's folder.</summary>
/// <param name="Version">Version of this format.</param>
/// <param name="Id">Name of the model.</param>
/// <param name="Commit">Commit of its files; empty if the hub has none.</param>
/// <param name="Hub">Name of the hub.</param>
/// <param name="Files">Its files.</param>
internal sealed record ModelManifest(int Version, string Id, string Commit, string Hub, IReadOnlyList<ManifestFile> Files)
{
    private const int FormatVersion = 1;
    private const string FileName = ".dia-model.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The manifest of files of a hub.</summary>
    public static ModelManifest Create(string id, string commit, string hub, IEnumerable<RemoteFile> files) =>
        new(FormatVersion, id, commit, hub, [.. files.Select(file => new ManifestFile(file.Path, file.Size, file.Digest))]);

    /// <summary>The manifest in a folder; null if there is none that this version reads.</summary>
    public static ModelManifest? Read(string folder)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<ModelManifest>(File.ReadAllBytes(Path.Combine(folder, FileName)), Json);
            return manifest?.Version == FormatVersion ? manifest : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it into a folder.</summary>
    public void Write(string folder) => File.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, Json));
}

/// <summary>A file of a model.</summary>
/// <param name="Path">Path in the model's folder, with slashes.</param>
/// <param name="Size">Bytes; null if that was not published.</param>
/// <param name="Digest">Published digest, or null.</param>
internal sealed record ManifestFile(string Path, long? Size, Digest? Digest);
