using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>The number of jobs of each status; those that were read last if the grains do not answer. Thread-safe.</summary>
internal sealed class KnownCounts(JobService jobs, TimeProvider time)
{
    /// <summary>How long to wait for the grains.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private volatile JobCounts? _last;

    /// <summary>The counts.</summary>
    /// <exception cref="ApiProblem">503: the grains do not answer, and were not read before.</exception>
    public async Task<JobCounts> Read()
    {
        var reading = Keep();
        await reading.WaitUpTo(Limit, time);
        // A fault that is none of a silo is the answer.
        if (reading.IsFaulted) await reading;
        return _last ?? throw ApiProblem.Unavailable(retryAfter: null);
    }

    private async Task Keep()
    {
        try
        {
            _last = await jobs.Count();
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            // The counts of before are shown.
        }
    }
}
