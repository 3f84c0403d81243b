namespace DiaOrleans.Server.Models.Downloading;

/// <summary>Why a file was not downloaded.</summary>
internal enum DownloadFault
{
    /// <summary>The source has no such file, model or revision.</summary>
    NotFound,

    /// <summary>The source wants a token, or does not accept the one it got.</summary>
    Refused,

    /// <summary>The source does not answer, breaks off, is overloaded or asks to wait; later it may answer.</summary>
    Unavailable,

    /// <summary>What the source sent is not what is published.</summary>
    Wrong,

    /// <summary>The disk has no room.</summary>
    NoSpace,

    /// <summary>The folder cannot be written.</summary>
    Storage,
}

/// <summary>
/// A file was not downloaded. The message is the end of a sentence, without a full stop, and is for clients: it has no path and no address.
/// </summary>
internal sealed class DownloadException(DownloadFault fault, string why, Exception? cause = null) : Exception(why, cause)
{
    /// <summary>The kind of the fault.</summary>
    public DownloadFault Fault => fault;

    /// <summary>Whether the same request may succeed soon.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the source asks to wait, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A write that failed.</summary>
    public static DownloadException NotStored(Exception cause) => cause is UnauthorizedAccessException or DirectoryNotFoundException
        ? new(DownloadFault.Storage, "the folder of models cannot be written", cause)
        : new(DownloadFault.NoSpace, "it cannot be stored; is the disk full?", cause);
}
