using System.Diagnostics;
using System.Diagnostics.Metrics;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Telemetry;

/// <summary>
/// Instruments of this product, named by OpenTelemetry's conventions: dots between parts, units in UCUM. Engine instruments are of this
/// silo; job counts are of the whole cluster, and every silo reports the same numbers. Thread-safe.
/// </summary>
public sealed class DiaMetrics : IEngineObserver
{
    /// <summary>Name of the only meter.</summary>
    public const string MeterName = "DiaOrleans";

    private static readonly double[] StepSeconds = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512];
    private static readonly double[] FirstAudioSeconds = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 2, 4, 8, 15, 30, 60];
    private static readonly double[] Factors = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 8, 16, 32, 64];
    private static readonly int[] Batches = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256];

    private readonly Counter<long> _steps;
    private readonly Counter<long> _frames;
    private readonly Histogram<double> _stepDuration;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _firstAudio;
    private readonly Histogram<double> _realTimeFactor;
    private readonly Counter<double> _audio;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _storageErrors;
    private long _stepCount;
    private Func<IEnumerable<WorkerStatus>> _workers = () => [];
    private volatile JobCounts? _jobs;

    /// <param name="meters">Makes the meter; disposes of it with the host.</param>
    public DiaMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _steps = meter.CreateCounter<long>("dia.engine.steps", "{step}", "Steps of the decoder.");
        _frames = meter.CreateCounter<long>("dia.engine.frames", "{frame}", "Rows that calls have advanced, all slots together.");
        _stepDuration = meter.CreateHistogram(
            "dia.engine.step.duration",
            "s",
            "Time of one step of the decoder, sampling included.",
            advice: Buckets(StepSeconds));
        _batchSize = meter.CreateHistogram(
            "dia.engine.batch.size",
            "{call}",
            "Calls in one step of the decoder.",
            advice: Buckets(Batches));
        _firstAudio = meter.CreateHistogram(
            "dia.speech.time_to_first_audio",
            "s",
            "Time from a request's arrival to its first encoded audio.",
            advice: Buckets(FirstAudioSeconds));
        _realTimeFactor = meter.CreateHistogram(
            "dia.speech.real_time_factor",
            "1",
            "Seconds of audio made in one second, waiting included.",
            advice: Buckets(Factors));
        _audio = meter.CreateCounter<double>("dia.speech.audio", "s", "Seconds of audio made by the model.");
        _requests = meter.CreateCounter<long>("dia.speech.requests", "{request}", "Requests for speech that have ended.");
        _storageErrors = meter.CreateCounter<long>("dia.storage.errors", "{error}", "Reads and writes of grain state that failed.");
        Observe(meter);
    }

    /// <summary>Steps of all engines of this process so far.</summary>
    public long Steps => Interlocked.Read(ref _stepCount);

    /// <summary>Where the load of this silo's workers is read from, whenever metrics are collected.</summary>
    public void ObserveWorkers(Func<IEnumerable<WorkerStatus>> workers) => _workers = workers;

    /// <summary>The latest counts of background jobs.</summary>
    public void SetJobs(JobCounts counts) => _jobs = counts;

    /// <inheritdoc/>
    public void StepCompleted(int calls, TimeSpan duration)
    {
        Interlocked.Increment(ref _stepCount);
        _steps.Add(1);
        _frames.Add(calls);
        _stepDuration.Record(duration.TotalSeconds);
        _batchSize.Record(calls);
    }

    /// <summary>The first encoded audio of a request is ready.</summary>
    /// <param name="priority">What kind of request it is.</param>
    /// <param name="elapsed">Since the request arrived.</param>
    public void FirstAudio(WorkPriority priority, TimeSpan elapsed) => _firstAudio.Record(elapsed.TotalSeconds, Kind(priority));

    /// <summary>A request has ended.</summary>
    /// <param name="priority">What kind of request it was.</param>
    /// <param name="audioSeconds">Seconds of audio that the model made for it, 0 or more.</param>
    /// <param name="elapsed">Since the request arrived.</param>
    /// <param name="completed">False if it failed, or was cancelled or abandoned by its client.</param>
    public void Ended(WorkPriority priority, double audioSeconds, TimeSpan elapsed, bool completed)
    {
        var kind = Kind(priority);
        if (audioSeconds > 0) _audio.Add(audioSeconds, kind);
        if (completed && elapsed > TimeSpan.Zero) _realTimeFactor.Record(audioSeconds / elapsed.TotalSeconds, kind);
        _requests.Add(1, new TagList { kind, { "dia.request.outcome", completed ? "completed" : "incomplete" } });
    }

    /// <summary>A read or a write of grain state has failed.</summary>
    /// <param name="operation">read, write or clear.</param>
    /// <param name="cause">What the store threw.</param>
    public void StorageFailed(string operation, Exception cause) =>
        _storageErrors.Add(1, new TagList { { "dia.storage.operation", operation }, { "error.type", cause.GetType().Name } });

    private void Observe(Meter meter)
    {
        meter.CreateObservableUpDownCounter(
            "dia.engine.slots.active",
            () => ByWorker(status => (long)status.Active),
            "{call}",
            "Calls in slots.");
        meter.CreateObservableUpDownCounter(
            "dia.engine.queue.length",
            () => ByWorker(status => (long)status.Waiting),
            "{call}",
            "Calls that wait for a slot.");
        meter.CreateObservableGauge(
            "dia.engine.queue.audio",
            () => ByWorker(status => status.BacklogSeconds),
            "s",
            "Predicted seconds of audio still to be made, running calls included.");
        meter.CreateObservableGauge("dia.jobs", JobsByState, "{job}", "Background jobs of the cluster that are kept now, by state.");
    }

    private static InstrumentAdvice<T> Buckets<T>(T[] boundaries) where T : struct => new() { HistogramBucketBoundaries = boundaries };

    private static KeyValuePair<string, object?> Kind(WorkPriority priority) => new("dia.request.kind", priority switch
    {
        WorkPriority.Live => "live",
        WorkPriority.Waiting => "waiting",
        _ => "background",
    });

    private IEnumerable<Measurement<T>> ByWorker<T>(Func<WorkerStatus, T> value) where T : struct =>
        _workers().Select(status => new Measurement<T>(value(status), new KeyValuePair<string, object?>("dia.worker", status.Key)));

    private IEnumerable<Measurement<long>> JobsByState()
    {
        if (_jobs is not { } jobs) return [];
        return
        [
            State("pending", jobs.Pending), State("processing", jobs.Processing), State("completed", jobs.Completed),
            State("failed", jobs.Failed), State("cancelled", jobs.Cancelled),
        ];

        static Measurement<long> State(string name, int count) => new(count, new KeyValuePair<string, object?>("dia.job.state", name));
    }
}
