using DiaOrleans.Abstractions.Jobs;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Names of results in the blob store.</summary>
internal static class JobResults
{
    /// <summary>Folder of all results.</summary>
    public const string Folder = "job_results";

    /// <summary>Every attempt has a name of its own: one that has lost cannot write over the one that won.</summary>
    public static string KeyOf(JobLease lease, string format) => $"{Folder}/{lease.JobId:D}-{lease.Token}.{format}";

    /// <summary>The job whose attempt wrote that, or null.</summary>
    public static Guid? JobOf(string key)
    {
        var name = key[(Folder.Length + 1)..];
        return name.Length > 36 && Guid.TryParseExact(name[..36], "D", out var id) ? id : null;
    }
}
