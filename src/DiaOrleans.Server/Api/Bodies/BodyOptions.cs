namespace DiaOrleans.Server.Api.Bodies;

/// <summary>Limits on what clients send as bodies.</summary>
internal sealed record BodyOptions
{
    /// <summary>The most bytes of any body that are read; what is more than its route takes is read and dropped.</summary>
    public const long MaxBytes = 200L << 20;

    /// <summary>Bytes that all bodies in flight may hold together, in memory and in files.</summary>
    public long BudgetBytes { get; init; } = 256L << 20;

    /// <summary>How long one body may take to arrive.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Folder of the files that large bodies go to while they arrive; made where missing.</summary>
    public required string Folder { get; init; }
}
