using System.Diagnostics;
using System.Globalization;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary>Measures the job store with a queue of some length.</summary>
/// <param name="silo">The silo.</param>
internal sealed class JobBench(JobBenchSilo silo)
{
    private const int OneClient = 200;
    private const int ManyClients = 400;
    private const int Clients = 16;
    private const int Ends = 100;
    private const int ListLength = 50;
    private const int FillBatch = 1000;

    /// <summary>Fills the queue, then submits, takes, ends, lists and counts.</summary>
    /// <param name="queued">Jobs that wait before the measurement.</param>
    public async Task<JobBenchResult> Measure(int queued)
    {
        await Fill(queued);
        await Submit(OneClient / 4, 1);
        var written = BytesWritten();
        var one = await Rate(OneClient, () => Submit(OneClient, 1));
        var bytes = (BytesWritten() - written) / OneClient;
        var many = await Rate(ManyClients, () => Submit(ManyClients, Clients));
        var leases = new List<JobLease>();
        var takes = await Rate(Ends, async () =>
        {
            for (var i = 0; i < Ends; i++) leases.AddRange(await silo.Queue.Take(silo.Taker, 1));
        });
        var ends = await Rate(Ends, async () =>
        {
            foreach (var lease in leases) await End(lease);
        });
        var list = await CallTimes.Median(() => silo.Jobs.List(null, ListLength));
        return new JobBenchResult(queued, one, many, bytes, takes, ends, list, await CallTimes.Median(silo.Jobs.Count));
    }

    private static long BytesWritten()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        var line = File.ReadLines("/proc/self/io").First(line => line.StartsWith("wchar", StringComparison.Ordinal));
        return long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static async Task<double> Rate(int count, Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private async Task Submit(int count, int clients)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var i && i <= count)
                await silo.Jobs.Submit(new SpeechRequest { Text = $"A sentence of the usual length, number {i}.", VoiceId = "anna" });
        }));
    }

    private async Task Fill(int queued)
    {
        var ticks = DateTime.UtcNow.Ticks - queued;
        foreach (var some in Enumerable.Range(0, queued).Chunk(FillBatch))
            await silo.Queue.Import([.. some.Select(i => new QueuedJob(Guid.NewGuid(), ticks + i))]);
    }

    private async Task End(JobLease lease)
    {
        var job = silo.Grains.GetGrain<IJobGrain>(lease.JobId);
        await job.Claim(lease.Token);
        await job.Begin(lease.Token, new JobStart("worker_1", "[S1] A sentence. [S1]", false));
        await job.Complete(lease.Token, new JobResult($"job_results/{lease.JobId:D}-{lease.Token}.wav", 1));
        await silo.Queue.Complete(lease);
    }
}

/// <summary>Figures of one fill of the queue.</summary>
/// <param name="Queued">Jobs that waited.</param>
/// <param name="Submits">Submissions a second, one client.</param>
/// <param name="SubmitsOfMany">Submissions a second, 16 clients.</param>
/// <param name="BytesPerSubmit">Bytes that the process has written a submission of one client; 0 where the system does not tell.</param>
/// <param name="Takes">Leases a second.</param>
/// <param name="Ends">Runs from claim to end a second.</param>
/// <param name="ListMs">Median of a list of 50.</param>
/// <param name="CountMs">Median of the counts.</param>
internal sealed record JobBenchResult(
    int Queued,
    double Submits,
    double SubmitsOfMany,
    long BytesPerSubmit,
    double Takes,
    double Ends,
    double ListMs,
    double CountMs);
