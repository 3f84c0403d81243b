using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Models.Hub;

/// <summary>Publishes models.</summary>
internal interface IModelHub
{
    /// <summary>Name for messages: a host, or a folder.</summary>
    string Name { get; }

    /// <summary>The files of a model.</summary>
    /// <param name="id">The model.</param>
    /// <param name="revision">A branch, a tag or a commit.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="DownloadException">There is no such model or revision, or the hub does not say.</exception>
    Task<HubModel> Find(ModelId id, string revision, CancellationToken cancellation);
}

/// <summary>A model of a hub at one commit.</summary>
/// <param name="Id">The model.</param>
/// <param name="Commit">The commit; empty if the hub has none.</param>
/// <param name="Files">All its files.</param>
/// <param name="Source">Where the files are.</param>
internal sealed record HubModel(ModelId Id, string Commit, IReadOnlyList<RemoteFile> Files, IFileSource Source);
