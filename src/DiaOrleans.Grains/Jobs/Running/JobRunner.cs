using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Jobs.Running;

/// <summary>
/// Takes jobs from the queue while an engine of this silo is ready and in the default pool, which speaks jobs: one more than the engines
/// decode at the same time, so that a slot that becomes free finds work. When the silo stops, running jobs are released, with what they
/// have made; their next run makes the same audio.
/// </summary>
internal sealed partial class JobRunner(
    LocalWorkers workers,
    WorkerRosterCopy roster,
    WorkerPools pools,
    ILocalSiloDetails silo,
    IClusterMembershipService membership,
    JobQueues queues,
    IGrainFactory grains,
    ISpeechRenderer renderer,
    IBlobStore blobs,
    JobOptions options,
    TimeProvider time,
    ILogger<JobRunner> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan PollTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestAdmission = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task<RunResult>> _runs = [];

    // Not retry pipelines, because nothing is called again here. After a failed step the loop continues with the step that is due then.
    // After a failed run the queue leases the job again, to any silo; the faults of all runs set the pause before the next job is taken.
    private readonly FaultPauses _stepFaults = new();
    private readonly FaultPauses _runFaults = new();
    private readonly JobRunServices _services =
        new(grains, renderer, blobs, options.RetryLimit, new LeaseKeeper(grains, time), time, logger);
    private IReadOnlyList<IJobQueueGrain> _queues = [];
    private long _queuesReadAt;
    private int _turn;
    private Task _loop = Task.CompletedTask;
    private Task _renewals = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(Loop, CancellationToken.None);
        _renewals = Task.Run(() => _services.Leases.Run(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loop, _renewals).WaitUpTo(Timeout.InfiniteTimeSpan, time, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whether a worker of this silo is in the pool that speaks jobs, or may be.</summary>
    private bool IsOfDefaultPool => pools.For(roster.Workers, model: null).Any(worker => workers.Find(worker.Key) is not null);

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
                await Pause(_stepFaults.After(e));
            }
        }

        await Task.WhenAll(_runs);
    }

    /// <summary>Takes jobs for the free slots, or waits until that may be possible.</summary>
    private async Task Step()
    {
        var change = workers.Changed;
        await RemoveEndedRuns();
        if (!roster.IsKnown) await roster.Refresh();
        var free = workers.Slots + 1 - _runs.Count;
        if (!workers.AnyTakesWork || !IsOfDefaultPool) await change.WaitUpTo(PollTime, time, _stop.Token);
        else if (free <= 0) await Task.WhenAny(_runs).WaitAsync(_stop.Token);
        else await TakeOrWait(free);
    }

    /// <summary>Waits if there was no job, or a single queue has given all it has.</summary>
    private async Task TakeOrWait(int free)
    {
        var leases = await Take(free);
        await Begin(leases);
        if (leases.Count == 0 || (_queues.Count == 1 && leases.Count < free)) await WaitForWork();
    }

    /// <summary>Leases of the first queue that has jobs; each call begins with the queue after the one before.</summary>
    private async Task<IReadOnlyList<JobLease>> Take(int limit)
    {
        // Another silo may use queues that this one does not know.
        if (_queues.Count == 0 || time.GetElapsedTime(_queuesReadAt) >= PollTime)
        {
            _queues = await queues.All();
            _queuesReadAt = time.GetTimestamp();
        }

        var taker = new JobTaker(silo.SiloAddress.ToParsableString(), membership.CurrentSnapshot.Version.Value);
        for (var i = 0; i < _queues.Count; i++)
        {
            var queue = _queues[_turn++ % _queues.Count];
            // One job of each queue in turn; a single queue gives as many as there are slots.
            if (await queue.Take(taker, _queues.Count == 1 ? limit : 1) is { Count: > 0 } leases) return leases;
        }

        return [];
    }

    private async Task WaitForWork()
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var waits = _queues.Select(queue => queue.WaitForWork(PollTime, enough.Token)).ToArray();
        try
        {
            await Task.WhenAny(waits).WaitAsync(_stop.Token);
        }
        finally
        {
            await enough.CancelAsync();
        }

        await await Task.WhenAny(waits);
    }

    private async Task Begin(IReadOnlyList<JobLease> leases)
    {
        foreach (var lease in leases) await Begin(lease);
    }

    /// <summary>
    /// Starts a run and returns when it is admitted or has ended, so that the engine receives jobs in the order of the queue. After a
    /// time limit the next job is taken, so that a job with a slow preparation does not delay the others.
    /// </summary>
    private Task Begin(JobLease lease)
    {
        var run = new JobRun(lease, _services);
        var running = run.Execute(_stop.Token);
        _runs.Add(running);
        return Task.WhenAny(run.Admitted, running).WaitUpTo(LongestAdmission, time, _stop.Token);
    }

    /// <summary>
    /// Removes runs that have ended, and pauses if they met busy workers or transient faults. Faults of runs that have ended together count
    /// once: they mostly have one cause, such as a silo that does not answer.
    /// </summary>
    private async Task RemoveEndedRuns()
    {
        Task<RunResult>[] ended = [.. _runs.Where(run => run.IsCompleted)];
        _runs.RemoveAll(ended.Contains);
        var results = await Task.WhenAll(ended);
        if (results.Any(result => result.HasEnded) && _runFaults.IsFailing)
        {
            Log.RunsSucceed(logger, _runFaults.Failures);
            _runFaults.Reset();
        }

        var pauses = results.Select(result => result.Pause).ToList();
        var faults = results.Select(result => result.TransientFault).OfType<Exception>().ToList();
        if (faults.Count > 0) pauses.Add(PauseAfter(faults[0]));
        if (pauses.DefaultIfEmpty().Max() is var longest && longest > TimeSpan.Zero) await Pause(longest);
    }

    private TimeSpan PauseAfter(Exception fault)
    {
        if (!_runFaults.IsFailing) Log.RunsFail(logger, fault);
        return _runFaults.After(fault);
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
