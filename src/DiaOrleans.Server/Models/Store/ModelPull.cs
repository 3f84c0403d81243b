using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Models.Downloading;
using DiaOrleans.Server.Models.Hub;

namespace DiaOrleans.Server.Models.Store;

/// <summary>A model that a pull has found or fetched.</summary>
/// <param name="Model">The model.</param>
/// <param name="IsFetched">False if it was here before.</param>
internal sealed record PulledModel(StoredModel Model, bool IsFetched);

/// <summary>Downloads models from a hub into the store: the files that are needed, and the codec of a checkpoint that has none.</summary>
/// <param name="hub">The hub.</param>
/// <param name="store">The store.</param>
/// <param name="limits">Limits of the downloads.</param>
/// <param name="space">Asked before the weights are downloaded.</param>
/// <param name="observer">Is told how it goes on.</param>
internal sealed class ModelPull(IModelHub hub, ModelStore store, DownloadLimits limits, DiskSpace space, IDownloadObserver observer)
{
    /// <summary>The codec of both published models.</summary>
    public const string PublishedCodec = "descript/dac_44khz";

    private const string DefaultRevision = "main";

    /// <summary>Downloads a model, and then its codec. What is here and whole is not downloaded again.</summary>
    /// <param name="id">The model.</param>
    /// <param name="revision">A branch, a tag or a commit; null for main.</param>
    /// <param name="replace">Whether a model that is here is downloaded again.</param>
    /// <param name="cancellation">Ends the download; the next one continues it.</param>
    /// <returns>The model, and its codec if that is a model of its own.</returns>
    /// <exception cref="DownloadException">It was not downloaded.</exception>
    public async Task<IReadOnlyList<PulledModel>> Run(ModelId id, string? revision, bool replace, CancellationToken cancellation)
    {
        var pulled = await PullOne(id, revision ?? DefaultRevision, replace, cancellation);
        if (FindCodec(pulled.Model.Folder) is not { } codec) return [pulled];
        return [pulled, await PullOne(codec, DefaultRevision, replace: false, cancellation)];
    }

    private async Task<PulledModel> PullOne(ModelId id, string revision, bool replace, CancellationToken cancellation)
    {
        using var hold = await DownloadLock.Take(store.Folder, id.FileName, () => observer.Waits(id.ToString()), cancellation);
        if (!replace && store.Find(id) is { } here && here.FindGap() is null) return new PulledModel(here, IsFetched: false);
        var published = await hub.Find(id, revision, cancellation);
        var partial = store.PartialOf(id, published.Commit);
        var config = published.Files.Where(file => file.Path is NeededFiles.Config or NeededFiles.CodecName);
        foreach (var file in config) await Fetch(published, file, partial, cancellation);
        var named = ReadKind(partial);
        var inside = named is null ? [] : NeededFiles.Select(published.Files, named);
        IReadOnlyList<RemoteFile> files = [.. NeededFiles.Select(published.Files), .. inside];
        var other = inside.Count > 0 ? 0 : await MissingOfCodec(partial, cancellation);
        space.Require(store.Folder, Missing(files, partial) + other);
        foreach (var file in files) await Fetch(published, file, partial, cancellation);
        ModelManifest.Create(id.ToString(), published.Commit, hub.Name, files).Write(partial);
        return new PulledModel(store.Place(id, partial), IsFetched: true);
    }

    /// <summary>A file has its name only after it was verified.</summary>
    private async Task Fetch(HubModel published, RemoteFile file, string folder, CancellationToken cancellation)
    {
        var target = Path.Combine(folder, file.Path);
        if (File.Exists(target)) return;
        await new FileDownload(published.Source, file, target, limits, space, observer).Run(cancellation);
    }

    /// <summary>The codec that a checkpoint names, or null. Called before the weights come, which may be those of any model.</summary>
    private static string? ReadKind(string folder)
    {
        const string Kind = "it is neither a checkpoint of Dia nor a codec of the DAC kind";
        try
        {
            if (new StoredModel("", folder, ModelOrigin.Store).Profile is not null) return CodecLocator.Named(folder);
            throw new DownloadException(DownloadFault.Wrong, Kind);
        }
        catch (CheckpointException e)
        {
            throw new DownloadException(DownloadFault.Wrong, Kind, e);
        }
    }

    /// <summary>The codec that a checkpoint needs from outside its folder; null for a codec, and for a checkpoint that has one.</summary>
    private static ModelId? FindCodec(string folder)
    {
        if (new StoredModel("", folder, ModelOrigin.Store).Profile is null or "codec") return null;
        var named = CodecLocator.Named(folder);
        if (named is not null && CodecLocator.Inside(folder, named) is not null) return null;
        return ModelId.TryParse(named, out var id) || ModelId.TryParse(PublishedCodec, out id) ? id : null;
    }

    private static long Missing(IEnumerable<RemoteFile> files, string folder) =>
        files.Where(file => !File.Exists(Path.Combine(folder, file.Path))).Sum(file => file.Size ?? 0);

    private async Task<long> MissingOfCodec(string partial, CancellationToken cancellation)
    {
        if (FindCodec(partial) is not { } codec || store.Find(codec) is not null) return 0;
        var published = await hub.Find(codec, DefaultRevision, cancellation);
        return Missing(NeededFiles.Select(published.Files), store.PartialOf(codec, published.Commit));
    }
}
