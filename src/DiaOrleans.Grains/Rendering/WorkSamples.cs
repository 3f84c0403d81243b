using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Reads a work's samples to their end: where the reading breaks off and the work is still there, it goes on from where it was.</summary>
internal sealed class WorkSamples(IGpuWorkerGrain worker, Guid work)
{
    /// <summary>Blocks of samples from the first on.</summary>
    /// <param name="batch">Blocks that travel together.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="RenderException">The work failed, or is lost.</exception>
    public async IAsyncEnumerable<float[]> Read(int batch, [EnumeratorCancellation] CancellationToken stop)
    {
        var received = 0;
        for (var ended = false; !ended;)
        {
            var skip = received;
            await using var blocks = worker.Read(work, stop).WithBatchSize(batch).GetAsyncEnumerator(stop);
            while (await Next(blocks, stop) is { } more && !(ended = !more))
            {
                var block = blocks.Current;
                var known = Math.Min(skip, block.Length);
                skip -= known;
                received += block.Length - known;
                if (known < block.Length) yield return block[known..];
            }
        }
    }

    /// <summary>Whether a block follows; null where the reading broke off but can begin again.</summary>
    private async Task<bool?> Next(IAsyncEnumerator<float[]> blocks, CancellationToken stop)
    {
        try
        {
            return await blocks.MoveNextAsync();
        }
        catch (Exception e) when (e is EnumerationAbortedException or TimeoutException && !stop.IsCancellationRequested)
        {
            // A worker's silo lets go of a reader that was slow to ask; and an answer may be late.
            return await StateNow(e) is WorkState.Waiting or WorkState.Running or WorkState.Completed ? null : throw await Explain(e);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            throw await Explain(e);
        }
    }

    private async Task<WorkState> StateNow(Exception cause)
    {
        try
        {
            return (await worker.Wait(work, TimeSpan.Zero)).State;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            throw Lost(cause);
        }
    }

    private async Task<RenderException> Explain(Exception cause)
    {
        try
        {
            var progress = await worker.Wait(work, TimeSpan.Zero);
            return progress.State switch
            {
                WorkState.Failed => new RenderException(progress.Error!, cause),
                WorkState.Unknown => new RenderException("The worker was restarted. Send the request again.", cause, passing: true),
                _ => Lost(cause),
            };
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return Lost(e);
        }
    }

    public static RenderException Lost(Exception cause) => new("The worker does not answer. Send the request again.", cause, passing: true);
}
