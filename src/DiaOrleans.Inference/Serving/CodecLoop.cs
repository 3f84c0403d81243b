using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>The thread that decodes windows of codes into samples while the decoder makes the next ones.</summary>
internal sealed class CodecLoop : IDisposable
{
    private readonly Codec _codec;
    private readonly ICallObserver _observer;
    private readonly CodecQueue _queue = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <param name="codec">The codec.</param>
    /// <param name="observer">Told of every finished call and every failed one.</param>
    public CodecLoop(Codec codec, ICallObserver observer)
    {
        _codec = codec;
        _observer = observer;
        _thread = new Thread(Run) { Name = "dia codec", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Adds a window of a call.</summary>
    public void Add(QueuedCall call, CodecPiece piece) => _queue.Add(new CodecJob(call, piece));

    /// <summary>Ends after the window in progress; calls whose windows wait are stopped.</summary>
    public void Dispose()
    {
        _stopping = true;
        _queue.Close();
        _thread.Join();
    }

    private void Run()
    {
        while (_queue.TryTake(out var job))
        {
            try
            {
                Decode(job);
            }
            catch (Exception cause)
            {
                _observer.Failed(job.Call, cause);
            }
        }
    }

    private void Decode(CodecJob job)
    {
        if (_stopping) throw new OperationCanceledException("The engine stopped.");
        job.Call.Run.Stop.ThrowIfCancellationRequested();
        job.Call.Run.Append(_codec.DecodeWindow(job.Piece.Codes, job.Piece.Wanted));
        if (job.Piece.Finished is { } grid) _observer.Finished(job.Call, grid);
    }
}
