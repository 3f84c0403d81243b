using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Models.Hub;

/// <summary>
/// A folder with models in OWNER/NAME, or a cache of the Hugging Face hub. It publishes no digests; a copy is compared by its size.
/// </summary>
/// <param name="folder">Path of the folder.</param>
internal sealed class FolderHub(string folder) : IModelHub
{
    /// <inheritdoc/>
    public string Name => folder;

    /// <inheritdoc/>
    public Task<HubModel> Find(ModelId id, string revision, CancellationToken cancellation)
    {
        var plain = Path.Combine(folder, id.Owner, id.Name);
        var model = Directory.Exists(plain) ? plain : new HuggingFaceCache(folder).Find(id, revision);
        if (model is null) throw new DownloadException(DownloadFault.NotFound, "its source has no such model");
        var files = from path in Directory.EnumerateFiles(model, "*", SearchOption.AllDirectories)
                    let name = Path.GetRelativePath(model, path).Replace(Path.DirectorySeparatorChar, '/')
                    where !name.StartsWith('.')
                    select new RemoteFile(name, GetSize(path), null);
        return Task.FromResult(new HubModel(id, "", [.. files], new FolderSource(model)));
    }

    private static long GetSize(string path) =>
        new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path).Length;
}
