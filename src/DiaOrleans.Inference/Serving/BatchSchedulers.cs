using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>The schedulers of a model's decoders, which share one queue.</summary>
internal sealed class BatchSchedulers : IDisposable
{
    private readonly BatchScheduler[] _all;

    /// <param name="model">The model; its decoders and its text encoder belong to this object from now on.</param>
    /// <param name="queue">Admitted calls.</param>
    /// <param name="memory">Asked before a call takes a slot.</param>
    /// <param name="speed">Told of every step.</param>
    /// <param name="time">Measures the steps.</param>
    /// <param name="observer">Told of every row and every failed call.</param>
    /// <param name="steps">Told of every step.</param>
    public BatchSchedulers(
        DiaModel model,
        RequestQueue queue,
        CacheMemory memory,
        DecodeSpeed speed,
        TimeProvider time,
        ICallObserver observer,
        IEngineObserver steps)
    {
        _all = new BatchScheduler[model.Decoders.Count];
        for (var i = 0; i < _all.Length; i++)
        {
            var before = i == 0 ? null : _all[i - 1];
            _all[i] = new BatchScheduler(model, i, before, queue, memory, speed, time, observer, steps);
        }
    }

    /// <summary>Calls in slots.</summary>
    public int Active => _all.Sum(scheduler => scheduler.Active);

    /// <summary>The native calls of the threads.</summary>
    public IEnumerable<StallWatch.Activity> Activities => _all.SelectMany(scheduler => scheduler.Activities);

    /// <summary>Wakes the threads: the queue has a call.</summary>
    public void Wake()
    {
        foreach (var scheduler in _all) scheduler.Wake();
    }

    /// <summary>Ends after the steps in progress; all calls in slots and in the queue are stopped.</summary>
    public void Dispose()
    {
        foreach (var scheduler in _all) scheduler.Dispose();
    }
}
