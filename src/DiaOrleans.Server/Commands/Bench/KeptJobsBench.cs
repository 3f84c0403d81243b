using System.Diagnostics;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Life;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Server.Commands.Bench.Load;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary>
/// Measures a start on many ended jobs, and the calls after it. A job's row is made by the transitions of a job and stored once, in its
/// last state; the catalogue enters its end by the call that a job makes.
/// </summary>
/// <param name="database">Path of the database file.</param>
/// <param name="kept">Number of ended jobs, at least <see cref="LeastKept"/>.</param>
internal sealed class KeptJobsBench(string database, int kept)
{
    /// <summary>Jobs that are removed at once.</summary>
    public const int Cleared = 5000;

    /// <summary>Two removals and as many rows and results in the stores alone, each behind one that the runtime compiles for.</summary>
    public const int LeastKept = 4 * Cleared;

    private const int ClearedBefore = 1500;

    private const int AtOnce = 256;
    private const int Waiting = 50;
    private const int ListLength = 50;
    private const int LongestList = 500;

    private readonly string _folder = Path.GetDirectoryName(database)!;
    private readonly List<Guid> _jobs = [];

    /// <summary>Makes the jobs, starts the silo again and measures.</summary>
    public async Task<KeptJobsBenchResult> Measure()
    {
        var fillSeconds = await CallTimes.Of(Fill) / 1000;
        var start = Stopwatch.GetTimestamp();
        await using var silo = await JobBenchSilo.Start(database);
        var started = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if ((await silo.Queue.Take(silo.Taker, 1)).Count != 1) throw new InvalidOperationException("No job waits.");
        var taken = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var next = 0;
        return new KeptJobsBenchResult(
            kept,
            fillSeconds,
            started,
            taken,
            await CallTimes.Of(() => silo.Jobs.List(null, ListLength)),
            await CallTimes.Median(() => silo.Jobs.List(null, ListLength)),
            await CallTimes.Median(() => silo.Jobs.List(SpeechStatus.Completed, LongestList)),
            await CallTimes.Median(silo.Jobs.Count),
            await CallTimes.Median(() => silo.Jobs.Find(_jobs[next++])),
            await CallTimes.Median(() => Submit(silo)),
            await Warm(() => Clear(silo, ClearedBefore), () => Clear(silo, Cleared)) / 1000,
            await Warm(() => ClearRows(silo, ClearedBefore), () => ClearRows(silo, Cleared)) / 1000,
            await ClearBesideCalls(silo));
    }

    private static Task<JobAcceptance> Submit(JobBenchSilo silo) =>
        silo.Jobs.Submit(new SpeechRequest { Text = "A sentence of the usual length.", VoiceId = "anna" });

    private async Task Fill()
    {
        await using var silo = await JobBenchSilo.Start(database);
        for (var i = 0; i < Waiting; i++) await Submit(silo);
        Directory.CreateDirectory(Path.Combine(_folder, JobResults.Folder));
        for (var i = 0; i < kept; i++) _jobs.Add(Guid.NewGuid());
        await Parallel.ForEachAsync(_jobs, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (id, _) => await Store(silo, id));
    }

    private async Task Store(JobBenchSilo silo, Guid id)
    {
        var now = DateTimeOffset.UtcNow;
        var lease = new JobLease(id, 1, "default/0");
        var result = new JobResult(JobResults.GetKey(lease, "wav"), 1);
        var request = new SpeechRequest { Text = "A sentence of the usual length.", VoiceId = "anna" };
        var submission = new JobSubmission { Id = id, Request = request, DrawnSeed = 1, Queue = lease.Queue, Sequence = now.UtcTicks };
        var record = JobRecord.Submit(submission, now)
            .Claim(lease.Token, now)!
            .Begin(lease.Token, new JobStart("worker_1", "[S1] A sentence of the usual length. [S1]", false), now)!
            .Complete(lease.Token, result, now)!;
        // Not by the store of blobs, which waits for the disk.
        await File.WriteAllBytesAsync(Path.Combine(_folder, result.Key), new byte[1]);
        await silo.Storage.WriteStateAsync(JobStateRow.Name, RowOf(silo, id), new GrainState<JobState>(new JobState { Record = record }));
        await silo.Grains.JobCatalog(id).Add(record.ToEnded());
    }

    private static GrainId RowOf(JobBenchSilo silo, Guid id) => silo.Grains.GetGrain<IJobGrain>(id).GetGrainId();

    /// <summary>Milliseconds of work whose code the runtime has compiled.</summary>
    private static async Task<double> Warm(Func<Task> before, Func<Task> measured)
    {
        await before();
        return await CallTimes.Of(measured);
    }

    /// <summary>Removes the jobs that ended first. Some stay if jobs that were made together are not in the order of their ends.</summary>
    private static async Task Clear(JobBenchSilo silo, int count)
    {
        var ended = (await silo.Jobs.Count()).Ended;
        var removed = await silo.Grains.ClearBeyond(ended - count);
        if (removed < count - AtOnce) throw new InvalidOperationException("Too few jobs were removed.");
    }

    /// <summary>
    /// What the stores need for as many jobs: reads and clears the rows and deletes the results, without a grain. Takes the jobs that
    /// ended last.
    /// </summary>
    private async Task ClearRows(JobBenchSilo silo, int count)
    {
        Guid[] last = [.. _jobs.TakeLast(count)];
        _jobs.RemoveRange(_jobs.Count - count, count);
        await Parallel.ForEachAsync(last, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (id, _) =>
        {
            var row = new GrainState<JobState>(new JobState());
            await silo.Storage.ReadStateAsync(JobStateRow.Name, RowOf(silo, id), row);
            await silo.Blobs.Delete(row.State!.Record!.Job.Result!.Key);
            await silo.Storage.ClearStateAsync(JobStateRow.Name, RowOf(silo, id), row);
        });
    }

    private static async Task<ClearBesideCalls> ClearBesideCalls(JobBenchSilo silo)
    {
        var clearing = CallTimes.Of(() => Clear(silo, Cleared));
        var submits = CallTimes.Beside(clearing, () => Submit(silo));
        var lists = CallTimes.Beside(clearing, () => silo.Jobs.List(null, ListLength));
        await Task.WhenAll(clearing, submits, lists);
        return new ClearBesideCalls(
            clearing.Result / 1000,
            Percentiles.Of(submits.Result)!.P50,
            submits.Result.Max(),
            Percentiles.Of(lists.Result)!.P50,
            lists.Result.Max());
    }
}

/// <summary>Figures of a store with ended jobs.</summary>
/// <param name="Kept">Ended jobs.</param>
/// <param name="FillSeconds">Time of making them.</param>
/// <param name="StartSeconds">From the start of a silo on them until it runs.</param>
/// <param name="FirstTakeSeconds">From the same start until a waiting job is leased.</param>
/// <param name="FirstListMs">The first list of 50 after that.</param>
/// <param name="ListMs">Median of a list of 50.</param>
/// <param name="LongestListMs">Median of the longest list that clients may ask for.</param>
/// <param name="CountMs">Median of the counts.</param>
/// <param name="GetMs">Median of a read of a job that was not read before.</param>
/// <param name="SubmitMs">Median of a submission.</param>
/// <param name="ClearSeconds">Removal of 5,000 jobs.</param>
/// <param name="StoreClearSeconds">Reading and clearing as many rows and deleting their results in the stores alone.</param>
/// <param name="Beside">Removal of 5,000 jobs while one client submits and one lists.</param>
internal sealed record KeptJobsBenchResult(
    int Kept,
    double FillSeconds,
    double StartSeconds,
    double FirstTakeSeconds,
    double FirstListMs,
    double ListMs,
    double LongestListMs,
    double CountMs,
    double GetMs,
    double SubmitMs,
    double ClearSeconds,
    double StoreClearSeconds,
    ClearBesideCalls Beside);

/// <summary>A removal beside other calls.</summary>
/// <param name="Seconds">Its time.</param>
/// <param name="SubmitMs">Median of a submission meanwhile.</param>
/// <param name="LongestSubmitMs">The longest.</param>
/// <param name="ListMs">Median of a list of 50 meanwhile.</param>
/// <param name="LongestListMs">The longest.</param>
internal sealed record ClearBesideCalls(double Seconds, double SubmitMs, double LongestSubmitMs, double ListMs, double LongestListMs);
