using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Blobs;

/// <summary>How much of the disk the server takes. Megabytes have 2^20 bytes.</summary>
public sealed record DiskOptions
{
    /// <summary>
    /// Megabytes that stay free: while fewer are, jobs, recordings, voices and transcripts are refused, and what is accepted already goes
    /// on. 0 to 1048576, 512 by default; 0 refuses nothing.
    /// </summary>
    [Range(0, 1 << 20)]
    public int MinFreeMegabytes { get; init; } = 512;

    /// <summary>Megabytes of recordings: 1 to 1073741824, 10240 by default; more are refused.</summary>
    [Range(1, 1 << 30)]
    public int MaxRecordingsMegabytes { get; init; } = 10_240;

    /// <summary>
    /// Megabytes of results of jobs: 1 to 1073741824, 10240 by default. Beyond them further jobs are refused, and those that are accepted
    /// wait until results have expired.
    /// </summary>
    [Range(1, 1 << 30)]
    public int MaxResultsMegabytes { get; init; } = 10_240;

    /// <summary>Megabytes of saved outputs: 1 to 1073741824, 10240 by default; the oldest are deleted.</summary>
    [Range(1, 1 << 30)]
    public int MaxOutputsMegabytes { get; init; } = 10_240;

    /// <summary>Megabytes of previews: 1 to 1073741824, 1024 by default; the oldest are deleted, and made again if a client asks.</summary>
    [Range(1, 1 << 30)]
    public int MaxPreviewsMegabytes { get; init; } = 1024;

    /// <summary>
    /// Megabytes of the entries of the generation log: 1 to 65536, 256 by default; the oldest are removed. Their saved outputs stay.
    /// </summary>
    [Range(1, 1 << 16)]
    public int MaxLogMegabytes { get; init; } = 256;
}
