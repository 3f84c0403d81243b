using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Models.Store;

/// <summary>Where a model on this disk comes from.</summary>
internal enum ModelOrigin
{
    /// <summary>The store: it was pulled.</summary>
    Store,

    /// <summary>The cache of the Hugging Face hub, which other programs fill.</summary>
    HuggingFace,

    /// <summary>It comes with the server.</summary>
    Shipped,
}

/// <summary>A model on this disk.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Path of its folder.</param>
/// <param name="Origin">Where it comes from.</param>
internal sealed record StoredModel(string Name, string Folder, ModelOrigin Origin)
{
    /// <summary>Bytes of all its files.</summary>
    public long Size => Files().Sum(path => new FileInfo(FollowLinks(path)).Length);

    /// <summary>0626, classic or codec; null if its config.json is missing or of another kind.</summary>
    public string? Profile
    {
        get
        {
            if (Attempt(() => DiaConfig.Read(Folder)) is { } dia) return dia.Profile == DiaProfile.Classic ? "classic" : "0626";
            return Attempt(() => DacConfig.Read(Folder)) is null ? null : "codec";
        }
    }

    /// <summary>What is missing of it, as a sentence; null if it is whole. Contents are not read.</summary>
    public string? FindGap()
    {
        if (ModelManifest.Read(Folder) is not { } manifest) return FindProblem();
        foreach (var file in manifest.Files)
        {
            var info = new FileInfo(Path.Combine(Folder, file.Path));
            if (!info.Exists) return $"{file.Path} is missing.";
            if (file.Size is { } size && info.Length != size) return $"{file.Path} has {info.Length} bytes instead of {size}.";
        }

        return null;
    }

    /// <summary>Compares all contents with what was published.</summary>
    /// <returns>One sentence for each file that is wrong, and the number of files that have a published digest.</returns>
    public async Task<(IReadOnlyList<string> Problems, int Compared)> Verify(CancellationToken cancellation)
    {
        var problems = new List<string>();
        var compared = 0;
        if (FindGap() is { } gap) problems.Add(gap);
        foreach (var (path, digest) in Digests())
        {
            compared++;
            if (!await digest.Matches(path, cancellation))
                problems.Add($"{Path.GetRelativePath(Folder, path)} is not the published file: its digest is not {digest}.");
        }

        return (problems, compared);
    }

    private static string FollowLinks(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static T? Attempt<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    private IEnumerable<string> Files() =>
        Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories) : [];

    private string? FindProblem()
    {
        try
        {
            if (Profile == "codec") _ = DacCheckpoint.Open(Folder);
            else _ = DiaCheckpoint.Open(Folder);
            return null;
        }
        catch (CheckpointException e)
        {
            return e.Message;
        }
    }

    /// <summary>Digests of the manifest; in the cache of the hub a blob is named by its digest.</summary>
    private IEnumerable<(string Path, Digest Digest)> Digests()
    {
        if (ModelManifest.Read(Folder) is { } manifest)
        {
            return from file in manifest.Files
                   let path = Path.Combine(Folder, file.Path)
                   where file.Digest is not null && File.Exists(path)
                   select (path, file.Digest);
        }

        return from path in Origin == ModelOrigin.HuggingFace ? Files() : []
               let blob = Path.GetFileName(FollowLinks(path))
               where blob.Length is 40 or 64 && blob.All(char.IsAsciiHexDigit)
               select (path, new Digest(blob.Length == 64 ? DigestKind.Sha256 : DigestKind.GitBlob, blob));
    }
}
