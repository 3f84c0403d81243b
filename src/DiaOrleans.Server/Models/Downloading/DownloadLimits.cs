namespace DiaOrleans.Server.Models.Downloading;

/// <summary>How a file is downloaded. None of it is a setting.</summary>
internal sealed record DownloadLimits
{
    /// <summary>Ranges of a file that are transferred at the same time.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Bytes of a range.</summary>
    public long PieceBytes { get; init; } = 32 << 20;

    /// <summary>Bytes after which the record of what is on disk is written: after a kill at most so many come again.</summary>
    public long RecordBytes { get; init; } = 8 << 20;

    /// <summary>A source that sends nothing for so long is silent.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Attempts in a row that bring nothing, after the first.</summary>
    public int Retries { get; init; } = 6;

    /// <summary>The wait before the first of them; each further one is twice as long, up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait that this program chooses.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait that a source may ask for; if it asks for more, the download fails.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>An attempt that brings fewer bytes counts as one that brings nothing, so that a download ends.</summary>
    public int ProgressBytes { get; init; } = 64 << 10;
}
