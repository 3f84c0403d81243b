using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Streams;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Work that an engine has admitted, and the log of its events. Once stopped, the engine frees its slot within a step. Thread-safe.
/// </summary>
/// <param name="stop">Stops the work.</param>
/// <param name="frames">Frames that an earlier run has made.</param>
public abstract class EngineRun(CancellationToken stop, int frames = 0)
{
    /// <summary>The most samples of one event.</summary>
    public const int MaxSamplesPerEvent = 64 * 1024;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReplayBuffer<EngineEvent> _events = new();
    private int _frames = frames;

    /// <summary>Ends after the last event, however the work has ended; never with an error.</summary>
    public Task Ended => _ended.Task;

    /// <summary>What made the work fail; null before its end and if it has completed.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>New frames whose codes were reported so far, those of an earlier run included.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>Set when the work is to be stopped.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Asks the engine to stop the work.</summary>
    public void Cancel() => _stop.Cancel();

    /// <summary>The events as they happen, up to the last. All are kept, so that any number of readers may read them, again too.</summary>
    /// <param name="from">Number of the first event wanted, from 0.</param>
    /// <param name="cancellationToken">Ends the reading; the work goes on.</param>
    public IAsyncEnumerable<EngineEvent> ReadEvents(long from = 0, CancellationToken cancellationToken = default) =>
        _events.Read(from, cancellationToken);

    /// <summary>Called by engines, once: they work on it from now on.</summary>
    public void Start() => _events.TryAppend(new EngineEvent.Started());

    /// <summary>Called by engines, by one thread: the next frames.</summary>
    /// <param name="codes">[frames, channels], not to be changed any more.</param>
    public void Append(CodeGrid codes)
    {
        if (_events.TryAppend(new EngineEvent.CodesMade(_frames, codes))) Volatile.Write(ref _frames, _frames + codes.Rows);
    }

    /// <summary>Called by engines, after the codes of their frames: the next samples.</summary>
    /// <param name="samples">Mono, -1 to 1, of any number, not to be changed any more.</param>
    public void Append(float[] samples)
    {
        if (samples.Length is > 0 and <= MaxSamplesPerEvent)
        {
            _events.TryAppend(new EngineEvent.SamplesMade(samples));
            return;
        }

        foreach (var part in samples.Chunk(MaxSamplesPerEvent)) _events.TryAppend(new EngineEvent.SamplesMade(part));
    }

    /// <summary>Called by engines: everything was reported.</summary>
    /// <param name="endedByItself">False if the limit of frames ended it.</param>
    public void Complete(bool endedByItself)
    {
        if (_events.TryAppend(new EngineEvent.Completed(Frames, endedByItself), last: true)) _ended.TrySetResult();
    }

    /// <summary>Called by engines: the work ends here. Without effect if it has ended before.</summary>
    /// <param name="cause">An <see cref="OperationCanceledException"/> if the work was stopped.</param>
    public void Fail(Exception cause)
    {
        if (!_events.TryAppend(new EngineEvent.Failed(cause), last: true)) return;
        Failure = cause;
        _ended.TrySetResult();
    }
}
