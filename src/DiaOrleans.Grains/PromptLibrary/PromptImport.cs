using System.Runtime.CompilerServices;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>What became of a file.</summary>
public enum ImportOutcome
{
    /// <summary>It is in the store now.</summary>
    Stored,

    /// <summary>It was in the store already, with the same bytes.</summary>
    Unchanged,

    /// <summary>It is no recording and no transcript of one, or cannot be used.</summary>
    Skipped,
}

/// <summary>A file of the folder.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why it was skipped; else null.</param>
public sealed record ImportedFile(string Name, ImportOutcome Outcome, string? Reason = null);

/// <summary>
/// Loads a folder of recordings, with the text files beside them, into the blob store, where the discovery finds them. It may be repeated.
/// </summary>
/// <param name="blobs">The store.</param>
public sealed class PromptImport(IBlobStore blobs)
{
    /// <summary>Loads the files, in the order of their names. Folders inside are left out.</summary>
    /// <param name="folder">Path of the folder.</param>
    /// <param name="stop">Stops between files.</param>
    /// <exception cref="IOException">The folder or the store cannot be read, or the store cannot be written.</exception>
    public async IAsyncEnumerable<ImportedFile> Run(
        string folder,
        [EnumeratorCancellation] CancellationToken stop)
    {
        var files = new DirectoryInfo(folder).GetFiles().OrderBy(file => file.Name, StringComparer.Ordinal).ToArray();
        var ids = (await PromptFiles.ListRecordings(blobs, stop)).Select(recording => recording.Id)
            .Concat(files.Select(file => PromptFiles.FindRecordingId(file.Name)).OfType<string>())
            .ToHashSet(StringComparer.Ordinal);
        foreach (var file in files)
        {
            stop.ThrowIfCancellationRequested();
            if (FindFault(file, ids) is { } reason) yield return new ImportedFile(file.Name, ImportOutcome.Skipped, reason);
            else yield return new ImportedFile(file.Name, await Store(file, stop));
        }
    }

    private static string? FindFault(FileInfo file, HashSet<string> ids)
    {
        var isRecording = PromptFiles.FindRecordingId(file.Name) is not null;
        if ((PromptFiles.FindRecordingId(file.Name) ?? PromptFiles.FindTextId(file.Name)) is not { } id)
            return "it is no recording and no transcript";
        if (!ids.Contains(id)) return "there is no recording of this name";
        if (!BlobKey.IsSafe(PromptId.Normalise(file.Name))) return "a recording cannot have this name";
        var limit = isRecording ? PromptReader.MaxFileBytes : PromptFiles.MaxTextBytes;
        return file.Length > limit ? $"it has {file.Length} bytes; at most {limit} can be read" : null;
    }

    private async Task<ImportOutcome> Store(FileInfo file, CancellationToken stop)
    {
        var key = $"{PromptFiles.Folder}/{PromptId.Normalise(file.Name)}";
        var content = await File.ReadAllBytesAsync(file.FullName, stop);
        if (await blobs.Find(key, stop) is { } found
            && found.Size == content.Length
            && await blobs.ReadAll(key, content.Length, stop) is { } stored
            && stored.AsSpan().SequenceEqual(content)) return ImportOutcome.Unchanged;
        await blobs.Write(key, content, stop);
        return ImportOutcome.Stored;
    }
}
