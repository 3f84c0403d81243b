using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Speech;

/// <summary>Limits of requests whose clients wait.</summary>
public sealed record SpeechOptions
{
    private const string FolderName = "unread";

    /// <summary>
    /// Megabytes (2^20 bytes) of memory for audio that clients have not read yet, all requests together; what is more is written to
    /// temporary files. 0 to 65536, 256 by default.
    /// </summary>
    [Range(0, 65536)]
    public int UnreadAudioMegabytes { get; init; } = 256;

    /// <summary>
    /// Megabytes (2^20 bytes) of the temporary files of audio that clients have not read yet, all requests together; an answer that needs
    /// more is refused. 0 to 1073741824, 10240 by default.
    /// </summary>
    [Range(0, 1 << 30)]
    public int MaxUnreadFilesMegabytes { get; init; } = 10_240;

    /// <summary><see cref="MaxUnreadFilesMegabytes"/> in bytes.</summary>
    internal long MaxUnreadFilesBytes => (long)MaxUnreadFilesMegabytes << 20;

    /// <summary><see cref="UnreadAudioMegabytes"/> in bytes.</summary>
    public long UnreadAudioBytes => (long)UnreadAudioMegabytes << 20;

    /// <summary>Path of the folder of the temporary files.</summary>
    /// <param name="data">Path of the data folder.</param>
    public static string FolderIn(string data) => Path.Combine(data, FolderName);
}
