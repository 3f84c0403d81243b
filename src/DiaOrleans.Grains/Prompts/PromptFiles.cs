using System.Text;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Prompts;

/// <summary>The files of audio prompts: one flat folder, in which people put files as well; spec/api.md 5.</summary>
internal static class PromptFiles
{
    public const string Folder = "audio_prompts";

    /// <summary>Stands between the id and .txt in the name of a transcript that goes before all others.</summary>
    public const string ReferenceMark = ".reference";

    /// <summary>A transcript is a few sentences: more is no transcript.</summary>
    private const int MaxTextBytes = 64 << 10;

    private static readonly string[] Suffixes = [".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac", ".wma", ".mp4"];

    /// <summary>Where an upload is stored.</summary>
    public static string Recording(string id) => $"{Folder}/{id}.wav";

    public static string Text(string id) => $"{Folder}/{id}.txt";

    public static string Reference(string id) => $"{Folder}/{id}{ReferenceMark}.txt";

    public static string Backup(string id) => $"{Folder}/{id}.txt.backup";

    /// <summary>The recordings in the folder with their ids: where several files have one id, the earlier format of the list above.</summary>
    public static async Task<IReadOnlyList<(string Id, string Key)>> FindRecordings(IBlobStore blobs, CancellationToken cancellationToken) =>
    [
        .. (await blobs.List(Folder, cancellationToken))
            .Select(blob => (Id: IdOf(blob.Key), blob.Key))
            .Where(file => file.Id is not null && PromptId.CanExist(file.Id))
            .GroupBy(file => file.Id!, (id, files) => (id, files.MinBy(file => Rank(file.Key)).Key)),
    ];

    /// <summary>All recordings of one id, so that none comes back after a deletion.</summary>
    public static async Task<IReadOnlyList<string>> RecordingsOf(IBlobStore blobs, string id, CancellationToken cancellationToken) =>
        [.. (await blobs.List(Folder, cancellationToken)).Select(blob => blob.Key).Where(key => IdOf(key) == id)];

    /// <summary>A transcript file's text; null where there is none, or nothing in it.</summary>
    public static async Task<string?> ReadText(IBlobStore blobs, string key, CancellationToken cancellationToken)
    {
        if (await blobs.ReadAll(key, MaxTextBytes, cancellationToken) is not { } bytes) return null;
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8);
        return TranscriptText.Tidy(await reader.ReadToEndAsync(cancellationToken)) is { Length: > 0 } text ? text : null;
    }

    public static Task WriteText(IBlobStore blobs, string key, string text, CancellationToken cancellationToken) => blobs.Write(key, Encoding.UTF8.GetBytes(text), cancellationToken);

    private static string? IdOf(string key)
    {
        var rank = Rank(key);
        return rank < 0 ? null : key[(Folder.Length + 1)..^Suffixes[rank].Length];
    }

    private static int Rank(string key) => Array.FindIndex(Suffixes, suffix => key.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
}
