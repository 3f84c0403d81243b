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

    /// <summary><see cref="UnreadAudioMegabytes"/> in bytes.</summary>
    public long UnreadAudioBytes => (long)UnreadAudioMegabytes << 20;

    /// <summary>Path of the folder of the temporary files.</summary>
    /// <param name="data">Path of the data folder.</param>
    public static string FolderIn(string data) => Path.Combine(data, FolderName);
}
