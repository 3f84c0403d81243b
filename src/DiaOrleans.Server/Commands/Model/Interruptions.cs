using DiaOrleans.Server.Models.Downloading;
using static System.FormattableString;

namespace DiaOrleans.Server.Commands.Model;

/// <summary>Tells interruptions of downloads: one a second at most, because the connections of a file break off together.</summary>
/// <param name="time">Clock.</param>
internal sealed class Interruptions(TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long? _told;

    /// <summary>An interruption as a sentence; null if one was told in the last second.</summary>
    public string? Describe(RemoteFile file, Exception cause, TimeSpan wait)
    {
        lock (_lock)
        {
            if (_told is { } told && time.GetElapsedTime(told) < Period) return null;
            _told = time.GetTimestamp();
        }

        var when = wait > TimeSpan.Zero ? Invariant($"in {wait.TotalSeconds:0.#} s") : "now";
        return $"{file.Path}: interrupted, {(cause is DownloadException ? cause.Message : "its source breaks off")}; it continues {when}.";
    }
}
