using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Serving;

/// <summary>Work that an engine has admitted.</summary>
public abstract class EngineRun(CancellationToken stop)
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private int _frames;
    private int _started;

    /// <summary>Ends when the work has: completed, cancelled, or with the exception that ended it.</summary>
    public abstract Task Ended { get; }

    /// <summary>The codes made, a prompt's not among them; null until the work has completed.</summary>
    public abstract CodeGrid? Codes { get; }

    /// <summary>Frames made so far.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>True once the engine works on it.</summary>
    public bool Started => Volatile.Read(ref _started) != 0;

    /// <summary>Set when the client wants no more.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Asks the engine to stop.</summary>
    public void Cancel() => _stop.Cancel();

    /// <summary>Called by engines.</summary>
    public void Report(int frames)
    {
        Volatile.Write(ref _started, 1);
        Volatile.Write(ref _frames, frames);
    }

    /// <summary>Called by engines.</summary>
    public abstract void Fail(Exception cause);
}
