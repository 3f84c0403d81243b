using DiaOrleans.Abstractions.Jobs;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Keys of job results in the blob store.</summary>
internal static class JobResults
{
    /// <summary>Folder of all results.</summary>
    public const string Folder = "job_results";

    private const int GuidLength = 36;

    /// <summary>
    /// The key of the result under this lease. It contains the token, so that a run that lost its lease cannot overwrite the result of
    /// another run.
    /// </summary>
    public static string GetKey(JobLease lease, string format) => $"{Folder}/{lease.JobId:D}-{lease.Token}.{format}";

    /// <summary>The job that a key belongs to; null if the key is not that of a result.</summary>
    public static Guid? FindJob(string key)
    {
        var name = key[(Folder.Length + 1)..];
        return name.Length > GuidLength && Guid.TryParseExact(name[..GuidLength], "D", out var id) ? id : null;
    }
}
