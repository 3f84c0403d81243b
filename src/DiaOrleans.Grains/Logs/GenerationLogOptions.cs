using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Logs;

/// <summary>The size of the generation log and of its stored pages.</summary>
internal sealed record GenerationLogOptions
{
    /// <summary>Entries in the log; a full log removes its oldest page. 1 or more, 10 000 by default.</summary>
    [Range(1, int.MaxValue)]
    public int MaxEntries { get; init; } = 10_000;

    /// <summary>Entries in a stored page. An added entry rewrites one page. 1 to 1000, 16 by default.</summary>
    [Range(1, 1000)]
    public int PageSize { get; init; } = 16;
}
