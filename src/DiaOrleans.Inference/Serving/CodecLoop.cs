using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>The thread that turns windows of codes into samples while the decoder makes the next ones.</summary>
internal sealed class CodecLoop : IDisposable
{
    private readonly Codec _codec;
    private readonly CodecQueue _queue = new();
    private readonly Action<QueuedCall, SpeechGrid> _finished;
    private readonly Action<QueuedCall, Exception> _failed;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <param name="codec">The codec.</param>
    /// <param name="finished">Called when all samples of a call have been appended to its run.</param>
    /// <param name="failed">Called when a call was stopped or the codec failed.</param>
    public CodecLoop(Codec codec, Action<QueuedCall, SpeechGrid> finished, Action<QueuedCall, Exception> failed)
    {
        (_codec, _finished, _failed) = (codec, finished, failed);
        _thread = new Thread(Run) { Name = "dia codec", IsBackground = true };
        _thread.Start();
    }

    public void Add(QueuedCall call, CodecPiece piece) => _queue.Add(new CodecJob(call, piece));

    /// <summary>Ends after the window in work; calls whose windows wait are stopped.</summary>
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
                if (_stopping) throw new OperationCanceledException("The engine stopped.");
                job.Call.Run.Stop.ThrowIfCancellationRequested();
                job.Call.Run.Append(_codec.DecodeWindow(job.Piece.Codes, job.Piece.From, job.Piece.To));
                if (job.Piece.Finished is { } grid) _finished(job.Call, grid);
            }
            catch (Exception cause)
            {
                _failed(job.Call, cause);
            }
        }
    }
}
