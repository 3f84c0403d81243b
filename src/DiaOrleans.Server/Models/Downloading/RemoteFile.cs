namespace DiaOrleans.Server.Models.Downloading;

/// <summary>A file that a source has.</summary>
/// <param name="Path">Its path in the source, with slashes.</param>
/// <param name="Size">Its published size in bytes, or null if it is not known.</param>
/// <param name="Digest">Its published digest, or null if there is none.</param>
internal sealed record RemoteFile(string Path, long? Size, Digest? Digest);
