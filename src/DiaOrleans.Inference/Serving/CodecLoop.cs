using System.Numerics.Tensors;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>The threads that decode windows of codes into samples while the decoder makes the next ones.</summary>
internal sealed class CodecLoop : IDisposable
{
    private readonly Codec _codec;
    private readonly ICallObserver _observer;
    private readonly CodecQueue _queue = new();
    private readonly Thread[] _threads;
    private volatile bool _stopping;

    /// <param name="codec">The codec.</param>
    /// <param name="observer">Told of every finished call and every failed one.</param>
    public CodecLoop(Codec codec, ICallObserver observer)
    {
        _codec = codec;
        _observer = observer;
        Activities = [.. Enumerable.Range(0, codec.Lanes).Select(_ => new StallWatch.Activity("A window in the codec"))];
        _threads = [.. Activities.Select((activity, number) => CreateThread(number, activity))];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>The native calls of the threads.</summary>
    public IReadOnlyList<StallWatch.Activity> Activities { get; }

    /// <summary>Adds a window of a call.</summary>
    public void Add(QueuedCall call, CodecPiece piece) => _queue.Add(new CodecJob(call, piece));

    /// <summary>Ends after the windows in progress; calls whose windows wait are stopped.</summary>
    public void Dispose()
    {
        _stopping = true;
        _queue.Close();
        foreach (var thread in _threads) thread.Join();
    }

    private Thread CreateThread(int number, StallWatch.Activity activity) =>
        new(() => Run(activity)) { Name = $"dia codec {number}", IsBackground = true };

    private void Run(StallWatch.Activity activity)
    {
        while (_queue.Take(_codec.BatchSize) is { Count: > 0 } jobs)
        {
            var wanted = jobs.Where(IsWanted).ToList();
            if (wanted.Count > 0) Decode(wanted, activity);
            foreach (var job in jobs) _queue.Release(job);
        }
    }

    /// <summary>Whether the window is still to be decoded; if not, its call is told.</summary>
    private bool IsWanted(CodecJob job)
    {
        if (!_stopping && !job.Call.Run.Stop.IsCancellationRequested) return true;
        _observer.Failed(job.Call, new OperationCanceledException(_stopping ? "The engine stopped." : "The call was stopped."));
        return false;
    }

    private void Decode(IReadOnlyList<CodecJob> jobs, StallWatch.Activity activity)
    {
        try
        {
            float[][] clips;
            using (activity.Begin()) clips = _codec.DecodeWindows([.. jobs.Select(job => job.Piece.Window)]);
            for (var i = 0; i < clips.Length; i++) Pass(jobs[i], clips[i]);
        }
        catch (Exception cause)
        {
            foreach (var job in jobs) _observer.Failed(job.Call, cause);
        }
    }

    private void Pass(CodecJob job, float[] samples)
    {
        if (!float.IsFinite(TensorPrimitives.SumOfMagnitudes<float>(samples)))
        {
            _observer.Failed(job.Call, new NotFiniteNumberException("The codec has made samples that are not numbers."));
            return;
        }

        job.Call.Run.Append(samples);
        if (job.Piece.Finished is { } grid) _observer.Finished(job.Call, grid);
    }
}
