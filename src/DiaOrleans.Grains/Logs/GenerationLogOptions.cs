namespace DiaOrleans.Grains.Logs;

/// <summary>How much of the log is kept, and how it is cut for the store.</summary>
internal sealed record GenerationLogOptions
{
    /// <summary>Entries at most.</summary>
    public int Most { get; init; } = 10_000;

    /// <summary>Entries a stored page.</summary>
    public int PageSize { get; init; } = 64;
}
