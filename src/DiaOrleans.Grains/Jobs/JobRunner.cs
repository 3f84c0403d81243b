using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// Takes jobs from the queue while an engine of this silo is ready: one more than the engines decode at the same time, so that a slot that
/// becomes free finds work. When the silo stops, running jobs are released; their next run makes the same audio.
/// </summary>
internal sealed partial class JobRunner(
    LocalWorkers workers,
    ILocalSiloDetails silo,
    IGrainFactory grains,
    ISpeechRenderer renderer,
    IBlobStore blobs,
    TimeProvider time,
    ILogger<JobRunner> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan PollTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestAdmission = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task<RunResult>> _runs = [];

    // Not retry pipelines, because nothing is called again here. After a failed step the loop continues with the step that is due then.
    // After a failed run the queue leases the job again, to any silo; the faults of all runs set the pause before the next job is taken.
    private readonly Backoff _stepFaults = new();
    private readonly Backoff _runFaults = new();
    private Task _loop = Task.CompletedTask;

    private IJobQueueGrain Queue => grains.GetGrain<IJobQueueGrain>(0);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(Loop, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _loop.WaitUpTo(Timeout.InfiniteTimeSpan, time, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task Loop()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Step();
                if (_stepFaults.IsFailing) Log.QueueAnswers(logger);
                _stepFaults.Reset();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The silo stops.
            }
            catch (Exception e)
            {
                if (!_stepFaults.IsFailing) Log.QueueFails(logger, e);
                await Pause(_stepFaults.Next());
            }
        }

        await Task.WhenAll(_runs);
    }

    /// <summary>Takes one job, or waits until that may be possible.</summary>
    private async Task Step()
    {
        var change = workers.Changed;
        await grains.GetGrain<IJobCatalogGrain>(0).Recover().WaitAsync(_stop.Token);
        await RemoveEndedRuns();
        if (!workers.AnyTakesWork) await change.WaitUpTo(PollTime, time, _stop.Token);
        else if (_runs.Count > workers.Slots) await Task.WhenAny(_runs).WaitAsync(_stop.Token);
        else if (await Queue.Take(silo.SiloAddress.ToParsableString()) is { } lease) await Begin(lease);
        else await Queue.WaitForWork(PollTime, _stop.Token).WaitAsync(_stop.Token);
    }

    /// <summary>
    /// Starts a run and returns when it is admitted or has ended, so that the engine receives jobs in the order of the queue. After a
    /// time limit the next job is taken, so that a job with a slow preparation does not delay the others.
    /// </summary>
    private Task Begin(JobLease lease)
    {
        var run = new JobRun(lease, grains, renderer, blobs, time, logger);
        var running = run.Execute(_stop.Token);
        _runs.Add(running);
        return Task.WhenAny(run.Admitted, running).WaitUpTo(LongestAdmission, time, _stop.Token);
    }

    /// <summary>Removes runs that have ended, and pauses if they met busy workers or transient faults.</summary>
    private async Task RemoveEndedRuns()
    {
        var longest = TimeSpan.Zero;
        foreach (var run in _runs.Where(run => run.IsCompleted).ToArray())
        {
            _runs.Remove(run);
            var pause = PauseAfter(await run);
            if (pause > longest) longest = pause;
        }

        if (longest > TimeSpan.Zero) await Pause(longest);
    }

    private TimeSpan PauseAfter(RunResult result)
    {
        if (result.TransientFault is { } fault)
        {
            if (!_runFaults.IsFailing) Log.RunsFail(logger, fault);
            return _runFaults.Next();
        }

        if (result.HasEnded && _runFaults.IsFailing)
        {
            Log.RunsSucceed(logger, _runFaults.Failures);
            _runFaults.Reset();
        }

        return result.Pause;
    }

    private Task Pause(TimeSpan span) => Task.Delay(span, time, _stop.Token).WaitUpTo(Timeout.InfiniteTimeSpan, time, _stop.Token);

    private static partial class Log
    {
        [LoggerMessage(207, LogLevel.Warning, "The job queue does not answer; it is called again, with growing pauses, until it does.")]
        public static partial void QueueFails(ILogger logger, Exception cause);

        [LoggerMessage(208, LogLevel.Information, "The job queue answers again.")]
        public static partial void QueueAnswers(ILogger logger);

        [LoggerMessage(209, LogLevel.Warning, "A job met a transient fault and is run again. The runner pauses longer until a job ends.")]
        public static partial void RunsFail(ILogger logger, Exception cause);

        [LoggerMessage(210, LogLevel.Information, "A job has ended after {Failures} transient faults.")]
        public static partial void RunsSucceed(ILogger logger, int failures);
    }
}
