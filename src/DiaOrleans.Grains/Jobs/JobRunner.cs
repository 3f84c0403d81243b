using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// Takes jobs from the queue while an engine of this silo is ready, as many as the engines decode at a time and one more, so that a slot that falls free finds work. When the
/// silo is told to stop, running jobs are handed back: whoever takes them next makes the same audio.
/// </summary>
internal sealed partial class JobRunner(
    LocalWorkers workers,
    ILocalSiloDetails silo,
    IGrainFactory grains,
    ISpeechRenderer renderer,
    IBlobStore blobs,
    JobOptions options,
    TimeProvider time,
    ILogger<JobRunner> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestAdmission = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task<RunResult>> _runs = [];
    private readonly Backoff _trouble = new();
    private Task _taking = Task.CompletedTask;

    private IJobQueueGrain Queue => grains.GetGrain<IJobQueueGrain>(0);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _taking = Task.Run(KeepTaking, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _taking.EndedOr(Timeout.InfiniteTimeSpan, time, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task KeepTaking()
    {
        var silence = new Backoff();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Step();
                if (silence.InTrouble) Log.TakenAgain(logger);
                silence.Reset();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The silo stops.
            }
            catch (Exception e)
            {
                if (!silence.InTrouble) Log.NotTaken(logger, e);
                await Sleep(silence.Next());
            }
        }

        await Task.WhenAll(_runs);
    }

    private async Task Step()
    {
        var change = workers.Changed;
        await grains.GetGrain<IJobCatalogGrain>(0).Recover().WaitAsync(_stop.Token);
        await Forget();
        if (!workers.AnyTakesWork) await change.EndedOr(LookAgain, time, _stop.Token);
        else if (_runs.Count > options.Slots * workers.All.Count) await Task.WhenAny(_runs).WaitAsync(_stop.Token);
        else if (await Queue.Take(silo.SiloAddress.ToParsableString()) is { } lease) await Begin(lease);
        else await Queue.WaitForWork(LookAgain, _stop.Token).WaitAsync(_stop.Token);
    }

    /// <summary>
    /// Returns when the job is admitted or has ended, so that the engine hears of jobs in their order. One whose preparation takes longer than a moment does not hold up
    /// those behind it.
    /// </summary>
    private Task Begin(JobLease lease)
    {
        var run = new JobRun(lease, grains, renderer, blobs, time, logger);
        var running = run.Execute(_stop.Token);
        _runs.Add(running);
        return Task.WhenAny(run.Admitted, running).EndedOr(LongestAdmission, time, _stop.Token);
    }

    /// <summary>Lets go of runs that have ended, and pauses where they met busy workers or trouble.</summary>
    private async Task Forget()
    {
        var pause = TimeSpan.Zero;
        foreach (var run in _runs.Where(run => run.IsCompleted).ToArray())
        {
            _runs.Remove(run);
            if (PauseAfter(await run) is var asked && asked > pause) pause = asked;
        }

        if (pause > TimeSpan.Zero) await Sleep(pause);
    }

    private TimeSpan PauseAfter(RunResult end)
    {
        if (end.Trouble is { } cause)
        {
            if (!_trouble.InTrouble) Log.Troubled(logger, cause);
            return _trouble.Next();
        }

        if (end.HasEnded && _trouble.InTrouble)
        {
            Log.Recovered(logger, _trouble.Failures);
            _trouble.Reset();
        }

        return end.Pause;
    }

    private Task Sleep(TimeSpan span) => Task.Delay(span, time, _stop.Token).EndedOr(Timeout.InfiniteTimeSpan, time, _stop.Token);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The queue of jobs does not answer; it is asked again until it does.")]
        public static partial void NotTaken(ILogger logger, Exception cause);

        [LoggerMessage(2, LogLevel.Information, "The queue of jobs answers again.")]
        public static partial void TakenAgain(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "A job met a passing fault. It is tried again, and jobs are taken with growing pauses, until one comes to its end.")]
        public static partial void Troubled(ILogger logger, Exception cause);

        [LoggerMessage(4, LogLevel.Information, "Jobs come to their end again, after {Failures} passing faults.")]
        public static partial void Recovered(ILogger logger, int failures);
    }
}
