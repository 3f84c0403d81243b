using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>Limits on what clients send as bodies.</summary>
internal sealed record BodyOptions
{
    /// <summary>The most bytes of any body that are read; what is more than its route takes is read and dropped.</summary>
    public const long MaxBytes = 200L << 20;

    private const string FolderName = "incoming";

    /// <summary>
    /// Megabytes (2^20 bytes) that all bodies in flight may hold together, in memory and in files; more is refused. 32 to 65536, 256 by
    /// default.
    /// </summary>
    [Range(32, 65536)]
    public int BodyBudgetMegabytes { get; init; } = 256;

    /// <summary>Seconds that one body may take to arrive: 1 to 86400, 300 by default.</summary>
    [Range(1, 86400.0)]
    public double BodySeconds { get; init; } = 300;

    /// <summary><see cref="BodyBudgetMegabytes"/> in bytes.</summary>
    public long BudgetBytes => (long)BodyBudgetMegabytes << 20;

    /// <summary><see cref="BodySeconds"/> as a time.</summary>
    public TimeSpan TimeLimit => TimeSpan.FromSeconds(BodySeconds);

    /// <summary>Path of the folder of the files that large bodies are written to while they arrive.</summary>
    /// <param name="data">Path of the data folder.</param>
    public static string FolderIn(string data) => Path.Combine(data, FolderName);
}
