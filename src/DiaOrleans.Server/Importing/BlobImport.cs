using System.Runtime.CompilerServices;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Previews;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Rendering;

namespace DiaOrleans.Server.Importing;

/// <summary>What was copied of one folder of blobs.</summary>
/// <param name="Folder">Name of the folder.</param>
/// <param name="Blobs">Blobs in it.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Copied">Those of them that the target did not have before.</param>
internal sealed record CopiedFolder(string Folder, int Blobs, long Bytes, int Copied);

/// <summary>Copies the blobs of a data folder into the store of a cluster.</summary>
/// <param name="source">The blobs of the data folder.</param>
/// <param name="target">The store.</param>
internal sealed class BlobImport(IBlobStore source, IBlobStore target)
{
    /// <summary>What one piece of memory holds: a blob may be larger than one.</summary>
    private const int PieceBytes = 16 << 20;

    private static readonly string[] Folders = [PromptFiles.Folder, JobResults.Folder, GenerationRecorder.Folder, VoicePreviews.Folder];

    /// <summary>A folder of the store that has blobs; null if there is none.</summary>
    public async Task<string?> FindUsedFolder(CancellationToken stop)
    {
        foreach (var folder in Folders)
        {
            if ((await target.List(folder, stop)).Count > 0) return folder;
        }

        return null;
    }

    /// <summary>Copies the blobs that the store does not have with their size: a blob is there whole or not at all.</summary>
    /// <param name="stop">Stops between blobs, and inside one, which is not there then.</param>
    public async IAsyncEnumerable<CopiedFolder> Run([EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var folder in Folders)
        {
            var there = (await target.List(folder, stop)).ToDictionary(blob => blob.Key, blob => blob.Size, StringComparer.Ordinal);
            var blobs = await source.List(folder, stop);
            var missing = blobs.Where(blob => !there.TryGetValue(blob.Key, out var size) || size != blob.Size).ToArray();
            foreach (var blob in missing) await Copy(blob.Key, stop);
            yield return new CopiedFolder(folder, blobs.Count, blobs.Sum(blob => blob.Size), missing.Length);
        }
    }

    private async Task Copy(string key, CancellationToken stop)
    {
        await using var blob = await source.OpenRead(key, stop) ?? throw new IOException($"{key} was deleted during the import.");
        var pieces = new List<ReadOnlyMemory<byte>>();
        for (var left = blob.Size; left > 0; left -= pieces[^1].Length)
        {
            var piece = new byte[Math.Min(left, PieceBytes)];
            await blob.Content.ReadExactlyAsync(piece, stop);
            pieces.Add(piece);
        }

        await target.Write(key, pieces, stop);
    }
}
