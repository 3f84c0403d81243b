using System.Collections.Concurrent;

namespace DiaOrleans.Server.ChildProcesses;

/// <summary>
/// The requests that the server sends to the standard input of this process. They are read on a thread of their own: if the input ends, the
/// server is gone, and this process and those that it has started are killed, also while native code hangs.
/// </summary>
internal sealed class WorkerInput<T>
    where T : class
{
    private readonly BlockingCollection<T> _requests = new(1);
    private readonly Func<Stream, T?> _readNext;

    /// <summary>Begins to read. Call it before this process does what may hang.</summary>
    /// <param name="readNext">Reads a request; null at the end of the stream.</param>
    public WorkerInput(Func<Stream, T?> readNext)
    {
        _readNext = readNext;
        ProcessGroup.Lead();
        new Thread(Read) { IsBackground = true }.Start();
    }

    /// <summary>The requests, one after another, without end.</summary>
    public IEnumerable<T> Requests => _requests.GetConsumingEnumerable();

    private void Read()
    {
        using var input = Console.OpenStandardInput();
        try
        {
            while (_readNext(input) is { } request) _requests.Add(request);
        }
        catch (Exception e)
        {
            // What follows cannot be read either.
            Console.Error.WriteLine(e.Message);
        }

        ProcessGroup.Kill();
    }
}
