using System.Threading.Channels;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>The thread that encodes recordings into codes, one after the other; decoding does not delay it.</summary>
internal sealed class EncodingLoop : IDisposable
{
    private const int MaxWaiting = 16;

    private readonly Codec _codec;
    private readonly Action<EncodingRun, Exception?> _ended;
    private readonly Channel<EncodingRun> _waiting = Channel.CreateBounded<EncodingRun>(MaxWaiting);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;

    /// <param name="codec">The codec.</param>
    /// <param name="ended">Called before a run ends, with the cause if it fails.</param>
    public EncodingLoop(Codec codec, Action<EncodingRun, Exception?> ended)
    {
        _codec = codec;
        _ended = ended;
        _thread = new Thread(Run) { Name = "dia encoding", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Adds a recording; false if too many wait.</summary>
    public bool TryAdd(EncodingRun run) => _waiting.Writer.TryWrite(run);

    /// <summary>Stops the recording in progress and those that wait.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _waiting.Writer.TryComplete();
        _thread.Join();
        _stopping.Dispose();
    }

    private void Run()
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_waiting.Reader.TryRead(out var run)) Encode(run);
        }
    }

    private void Encode(EncodingRun run)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Stop, _stopping.Token);
        try
        {
            run.Start();
            var codes = _codec.Encode(run.Samples, stop.Token);
            run.Append(codes);
            _ended(run, null);
            run.Complete(endedByItself: true);
        }
        catch (Exception cause)
        {
            _ended(run, cause);
            run.Fail(cause);
        }
    }
}
