using DiaOrleans.Server.Models.Downloading;
using DiaOrleans.Server.Models.Hub;

namespace DiaOrleans.Server.Models.Store;

/// <summary>The models on this disk: OWNER/NAME in a folder, and those in the cache of the Hugging Face hub, which is only read.</summary>
/// <param name="folder">Absolute path of the folder; it need not exist.</param>
/// <param name="cache">The cache.</param>
internal sealed class ModelStore(string folder, HuggingFaceCache cache)
{
    private const string PartialName = ".partial";
    private const string OldMark = "@old-";

    /// <summary>Absolute path of the folder.</summary>
    public string Folder => folder;

    /// <summary>All models of both places, sorted by name; a model of both only once.</summary>
    public IReadOnlyList<StoredModel> All =>
    [
        .. from id in Pulled().Concat(cache.Models()).Distinct()
           let model = Find(id)
           where model is not null && (model.Origin == ModelOrigin.Store || model.Profile is not null)
           orderby model.Name
           select model,
    ];

    /// <summary>What pulls that have not ended left of models that are not here, sorted by name.</summary>
    public IReadOnlyList<StoredModel> Unfinished =>
    [
        .. from path in Partials("*")
           let name = Path.GetFileName(path)
           where !name.Contains(OldMark, StringComparison.Ordinal)
           let id = ModelId.FromFileName(name[..name.IndexOf('@', StringComparison.Ordinal)])
           where id is not null && Find(id) is null
           orderby id.ToString()
           select new StoredModel(id.ToString(), path, ModelOrigin.Store),
    ];

    /// <summary>A model, or null if it is not here.</summary>
    public StoredModel? Find(ModelId id)
    {
        if (Directory.Exists(PathOf(id))) return new StoredModel(id.ToString(), PathOf(id), ModelOrigin.Store);
        return cache.Find(id) is { } snapshot ? new StoredModel(id.ToString(), snapshot, ModelOrigin.HuggingFace) : null;
    }

    /// <summary>A model by its id, or by the part after the slash if only one model here has it; else null.</summary>
    public StoredModel? Find(string name)
    {
        if (ModelId.TryParse(name, out var id)) return Find(id);
        var named = All.Where(model => model.Name.EndsWith($"/{name}", StringComparison.OrdinalIgnoreCase)).ToArray();
        return named.Length == 1 ? named[0] : null;
    }

    /// <summary>The folder that gets the files of a model until all are there.</summary>
    /// <param name="id">The model.</param>
    /// <param name="commit">Commit of the files.</param>
    public string PartialOf(ModelId id, string commit) =>
        Path.Combine(folder, PartialName, $"{id.FileName}@{(commit.Length == 0 ? "local" : commit)}");

    /// <summary>Puts a complete folder in place of the model that is there, if any, and drops what other attempts left.</summary>
    /// <exception cref="DownloadException">The folder cannot be written.</exception>
    public StoredModel Place(ModelId id, string complete)
    {
        try
        {
            var target = PathOf(id);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            PutAway(id);
            Directory.Move(complete, target);
            DropPartial(id);
            return new StoredModel(id.ToString(), target, ModelOrigin.Store);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException(DownloadFault.Storage, "the folder of models cannot be written", e);
        }
    }

    /// <summary>Removes a model and what unfinished downloads of it left. Returns false if there is neither.</summary>
    /// <exception cref="DownloadException">The folder cannot be written, or the model is being downloaded.</exception>
    public bool Remove(ModelId id)
    {
        if (!Directory.Exists(PathOf(id)) && !Partials(id.FileName).Any()) return false;
        using var hold = DownloadLock.TryTake(folder, id.FileName)
            ?? throw new DownloadException(DownloadFault.Storage, "it is being downloaded now");
        try
        {
            PutAway(id);
            DropPartial(id);
            var owner = Path.Combine(folder, id.Owner);
            if (Directory.Exists(owner) && !Directory.EnumerateFileSystemEntries(owner).Any()) Directory.Delete(owner);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException(DownloadFault.Storage, "the folder of models cannot be written", e);
        }
    }

    private string PathOf(ModelId id) => Path.Combine(folder, id.Owner, id.Name);

    /// <summary>A folder is renamed before its files are deleted, so that no half of a model is ever in place.</summary>
    private void PutAway(ModelId id)
    {
        if (!Directory.Exists(PathOf(id))) return;
        var old = Path.Combine(folder, PartialName, $"{id.FileName}{OldMark}{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path.GetDirectoryName(old)!);
        Directory.Move(PathOf(id), old);
    }

    private void DropPartial(ModelId id)
    {
        foreach (var path in Partials(id.FileName)) Directory.Delete(path, recursive: true);
    }

    private IEnumerable<string> Partials(string name)
    {
        var partial = Path.Combine(folder, PartialName);
        return Directory.Exists(partial) ? Directory.GetDirectories(partial, $"{name}@*") : [];
    }

    private IEnumerable<ModelId> Pulled()
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateDirectories(folder).SelectMany(Directory.EnumerateDirectories))
        {
            if (ModelId.TryParse(Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'), out var id)) yield return id;
        }
    }
}
