using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Inference.Streams;

namespace DiaOrleans.Grains.Jobs.Life;

/// <summary>
/// The changes of a job as clients see them: their numbers, those that wait for one, and the progress of the run, which is not stored.
/// </summary>
internal sealed class JobChanges(TimeProvider time)
{
    /// <summary>Below this progress the time to the end is not estimated.</summary>
    private const double LeastProgress = 0.02;

    private readonly AsyncSignal _changed = new();
    private double? _progress;
    private bool _hasEnded;

    /// <summary>Number of the last change: its time in milliseconds since 1970, or one more than that of the change before.</summary>
    public long Revision { get; private set; }

    /// <summary>Sets the number of the stored state; the times of all later changes are later.</summary>
    public void Begin(Job? job) =>
        Revision = (job?.CompletedAt ?? job?.StartedAt ?? job?.CreatedAt)?.ToUnixTimeMilliseconds() ?? 0;

    /// <summary>The stored state has changed.</summary>
    public void Raise()
    {
        Revision = Math.Max(Revision + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
        _changed.Raise();
    }

    /// <summary>Ends all waits: the activation ends, which it does not while a call waits.</summary>
    public void End()
    {
        _hasEnded = true;
        _changed.Raise();
    }

    /// <summary>The run has come so far, 0 to 1. A lower progress is that of a new run.</summary>
    public void Report(double progress)
    {
        if (_progress == progress) return;
        _progress = progress;
        Raise();
    }

    /// <summary>Waits until a condition holds; it is asked again after each change.</summary>
    public async Task Wait(Func<bool> condition, TimeSpan upTo, CancellationToken cancellation)
    {
        var limit = LongPoll.Limit(upTo);
        for (var start = time.GetTimestamp(); ;)
        {
            var change = _changed.Next;
            var left = limit - time.GetElapsedTime(start);
            if (_hasEnded || condition() || left <= TimeSpan.Zero || cancellation.IsCancellationRequested) return;
            await change.WaitUpTo(left, time, cancellation);
        }
    }

    /// <summary>The job with what follows from its record and its run.</summary>
    public Job Show(JobRecord record) => record.Job.Status switch
    {
        SpeechStatus.Processing => record.Job with { SeedUsed = record.SeedUsed, PartDone = _progress ?? 0, EtaSeconds = Eta(record.Job) },
        SpeechStatus.Completed => record.Job with { SeedUsed = record.SeedUsed, PartDone = 1, EtaSeconds = 0 },
        _ => record.Job with { SeedUsed = record.SeedUsed },
    };

    private double? Eta(Job job) => _progress is { } progress and > LeastProgress && job.StartedAt is { } start
        ? Math.Round((time.GetUtcNow() - start).TotalSeconds * (1 - progress) / progress, 1)
        : null;
}
