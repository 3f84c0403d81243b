namespace DiaOrleans.Server.Models.Hub;

/// <summary>
/// The cache of the Hugging Face hub, as other programs fill it: models--OWNER--NAME/refs/REVISION names a commit, snapshots/COMMIT has
/// links into blobs, and a blob is named by its digest.
/// </summary>
/// <param name="folder">Path of the cache.</param>
internal sealed class HuggingFaceCache(string folder)
{
    private const string Prefix = "models--";

    /// <summary>All models that have a snapshot.</summary>
    public IEnumerable<ModelId> Models()
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateDirectories(folder, Prefix + "*").Order(StringComparer.Ordinal))
        {
            var text = Path.GetFileName(path)[Prefix.Length..].Replace("--", "/", StringComparison.Ordinal);
            if (ModelId.TryParse(text, out var id) && Find(id) is not null) yield return id;
        }
    }

    /// <summary>Path of a model's snapshot, or null: that of the revision, or else the newest.</summary>
    public string? Find(ModelId id, string revision = "main")
    {
        var model = Path.Combine(folder, Prefix + id.FileName);
        var snapshots = Path.Combine(model, "snapshots");
        if (!Directory.Exists(snapshots)) return null;
        var reference = Path.Combine(model, "refs", revision);
        var commit = File.Exists(reference) ? File.ReadAllText(reference).Trim() : revision;
        var named = Path.Combine(snapshots, Path.GetFileName(commit));
        if (commit.Length > 0 && Directory.Exists(named)) return named;
        return new DirectoryInfo(snapshots).EnumerateDirectories().MaxBy(snapshot => snapshot.LastWriteTimeUtc)?.FullName;
    }
}
