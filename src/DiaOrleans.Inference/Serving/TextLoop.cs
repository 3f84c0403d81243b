using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>The thread that encodes the texts of calls, in order, while the decoder steps.</summary>
internal sealed class TextLoop : IDisposable
{
    private readonly TextEncoder _encoder;
    private readonly Action _done;
    private readonly BlockingCollection<QueuedCall> _calls = [];
    private readonly ConcurrentQueue<TextResult> _results = new();
    private readonly Thread _thread;

    /// <param name="encoder">The encoder; the loops of other decoders may use it at once.</param>
    /// <param name="done">Called on this object's thread when there is a result.</param>
    public TextLoop(TextEncoder encoder, Action done)
    {
        _encoder = encoder;
        _done = done;
        _thread = new Thread(Run) { Name = "dia text", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The native calls of the thread.</summary>
    public StallWatch.Activity Activity { get; } = new("A text in the encoder");

    /// <summary>Adds a call.</summary>
    public void Add(QueuedCall call) => _calls.Add(call);

    /// <summary>The next result, in the order of the calls; the caller disposes of its text.</summary>
    public bool TryTake([NotNullWhen(true)] out TextResult? result) => _results.TryDequeue(out result);

    /// <summary>Ends after the text in progress.</summary>
    public void Dispose()
    {
        _calls.CompleteAdding();
        while (_calls.TryTake(out _))
        {
        }

        _thread.Join();
        while (_results.TryDequeue(out var result)) result.Text?.Dispose();
        _calls.Dispose();
    }

    private void Run()
    {
        foreach (var call in _calls.GetConsumingEnumerable())
        {
            _results.Enqueue(Encode(call));
            _done();
        }
    }

    private TextResult Encode(QueuedCall call)
    {
        try
        {
            call.Run.Stop.ThrowIfCancellationRequested();
            using var encoding = Activity.Begin();
            return new TextResult(call, _encoder.Encode(call.Request.TextIds), null);
        }
        catch (Exception cause)
        {
            return new TextResult(call, null, cause);
        }
    }
}

/// <summary>The encoded text of a call, or why it could not be encoded.</summary>
internal sealed record TextResult(QueuedCall Call, EncodedText? Text, Exception? Cause);
