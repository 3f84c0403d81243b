using System.Text;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Prompts;

/// <summary>The files of audio prompts: one flat folder, to which users add files as well; docs/api.md, Audio prompts.</summary>
internal static class PromptFiles
{
    /// <summary>The folder in the blob store.</summary>
    public const string Folder = "audio_prompts";

    /// <summary>Follows the id in the name of a reference transcript, which has priority over all others.</summary>
    public const string ReferenceSuffix = ".reference";

    /// <summary>Bytes of a transcript file at most.</summary>
    public const int MaxTextBytes = 64 << 10;

    private const string TextSuffix = ".txt";

    /// <summary>Bytes of a text file that is renamed at most.</summary>
    private const int MaxBackUpBytes = 64 << 20;

    /// <summary>File name extensions of recordings; if one id has several files, the earlier extension is used.</summary>
    private static readonly string[] Extensions = [".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac", ".wma", ".mp4"];

    /// <summary>The blob key of an uploaded recording.</summary>
    public static string RecordingKey(string id) => $"{Folder}/{id}.wav";

    /// <summary>The blob key of the transcript.</summary>
    public static string TextKey(string id) => $"{Folder}/{id}.txt";

    /// <summary>The blob key of the reference transcript.</summary>
    public static string ReferenceKey(string id) => $"{Folder}/{id}{ReferenceSuffix}.txt";

    /// <summary>The blob key of the transcript that the last recognition or the last upload of another recording replaced.</summary>
    public static string BackupKey(string id) => $"{Folder}/{id}.txt.backup";

    /// <summary>The blob key of the reference transcript that the last upload of another recording replaced.</summary>
    public static string ReferenceBackupKey(string id) => $"{ReferenceKey(id)}.backup";

    /// <summary>The recordings in the folder, one for each id.</summary>
    public static async Task<IReadOnlyList<RecordingFile>> ListRecordings(IBlobStore blobs, CancellationToken cancellationToken) =>
    [
        .. (await ListFiles(blobs, cancellationToken))
            .Where(file => PromptId.CanExist(file.Id))
            .GroupBy(file => file.Id, (_, files) => files.MinBy(file => FindExtension(file.Key))!),
    ];

    /// <summary>The blob keys of all recordings of one id.</summary>
    public static async Task<IReadOnlyList<string>> ListRecordings(IBlobStore blobs, string id, CancellationToken cancellationToken) =>
        [.. (await ListFiles(blobs, cancellationToken)).Where(file => file.Id == id).Select(file => file.Key)];

    /// <summary>The text of a transcript file; null if there is no such file or no text in it.</summary>
    /// <exception cref="IOException">It cannot be read, or has over 64 KiB.</exception>
    public static async Task<string?> ReadText(IBlobStore blobs, string key, CancellationToken cancellationToken)
    {
        if (await FindKey(blobs, key, cancellationToken) is not { } found) return null;
        if (await blobs.ReadAll(found, MaxTextBytes, cancellationToken) is not { } bytes) return null;
        return TranscriptText.Tidy(TranscriptBytes.Decode(bytes)) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Writes a transcript file in UTF-8.</summary>
    public static Task WriteText(IBlobStore blobs, string key, string text, CancellationToken cancellationToken) =>
        blobs.Write(key, Encoding.UTF8.GetBytes(text), cancellationToken);

    /// <summary>
    /// Renames the transcript file and the reference transcript, which are those of another recording than the one that follows.
    /// </summary>
    /// <returns>False if there is neither.</returns>
    /// <exception cref="IOException">One cannot be read or written.</exception>
    public static async Task<bool> BackUpTexts(IBlobStore blobs, string id)
    {
        var hadText = await BackUp(blobs, TextKey(id), BackupKey(id));
        return await BackUp(blobs, ReferenceKey(id), ReferenceBackupKey(id)) || hadText;
    }

    /// <summary>The files besides the recordings that exist for a prompt.</summary>
    public static async Task<IReadOnlyList<string>> ListTexts(IBlobStore blobs, string id, CancellationToken cancellationToken)
    {
        string[] keys = [TextKey(id), ReferenceKey(id), BackupKey(id), ReferenceBackupKey(id)];
        return [.. (await blobs.List(Folder, cancellationToken)).Select(blob => blob.Key).Where(key => keys.Contains(Normalise(key)))];
    }

    /// <summary>The id of the prompt whose recording has this file name; null if it is not the name of a recording.</summary>
    public static string? FindRecordingId(string name) =>
        ToRecording($"{Folder}/{name}") is { } recording && PromptId.CanExist(recording.Id) ? recording.Id : null;

    /// <summary>The id of the prompt whose transcript has this file name; null if it is not the name of a transcript.</summary>
    public static string? FindTextId(string name)
    {
        if (!name.EndsWith(TextSuffix, StringComparison.Ordinal)) return null;
        var id = PromptId.Normalise(name[..^TextSuffix.Length]);
        return id.EndsWith(ReferenceSuffix, StringComparison.Ordinal) ? id[..^ReferenceSuffix.Length] : id;
    }

    private static async Task<bool> BackUp(IBlobStore blobs, string key, string backup)
    {
        if (await FindKey(blobs, key, CancellationToken.None) is not { } found) return false;
        if (await blobs.ReadAll(found, MaxBackUpBytes, CancellationToken.None) is not { } text) return false;
        await blobs.Write(backup, text);
        await blobs.Delete(found);
        return true;
    }

    /// <summary>
    /// The key of a file whose name is the same in normalisation form C: programs on macOS decompose the names of files. Null if there is
    /// none.
    /// </summary>
    private static async Task<string?> FindKey(IBlobStore blobs, string key, CancellationToken cancellationToken)
    {
        if (await blobs.Find(key, cancellationToken) is not null) return key;
        if (Ascii.IsValid(key)) return null;
        return (await blobs.List(Folder, cancellationToken)).Select(blob => blob.Key).FirstOrDefault(other => Normalise(other) == key);
    }

    private static string Normalise(string key) => $"{Folder}/{PromptId.Normalise(key[(Folder.Length + 1)..])}";

    private static async Task<IEnumerable<RecordingFile>> ListFiles(IBlobStore blobs, CancellationToken cancellationToken) =>
        (await blobs.List(Folder, cancellationToken)).Select(blob => ToRecording(blob.Key)).OfType<RecordingFile>();

    private static RecordingFile? ToRecording(string key)
    {
        var extension = FindExtension(key);
        if (extension < 0) return null;
        return new RecordingFile(PromptId.Normalise(key[(Folder.Length + 1)..^Extensions[extension].Length]), key);
    }

    private static int FindExtension(string key) =>
        Array.FindIndex(Extensions, extension => key.EndsWith(extension, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A recording in the prompts' folder.</summary>
/// <param name="Id">The prompt's id: the file name without its extension, normalised.</param>
/// <param name="Key">The key in the blob store.</param>
internal sealed record RecordingFile(string Id, string Key);
