using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Workers;

/// <summary>Follows work across faults of calls between silos.</summary>
internal static class WorkFollowing
{
    private enum Step
    {
        /// <summary>An event was received.</summary>
        Event,

        /// <summary>The worker's silo has dropped the enumeration, as it does if no call comes for some time; it answers.</summary>
        Dropped,

        /// <summary>A call did not end in time.</summary>
        Timeout,

        /// <summary>A call failed, or the worker's activation ended.</summary>
        Fault,
    }

    /// <summary>
    /// All events of the work. A stream that breaks is taken up again behind the last event. If the worker does not answer any more, the
    /// last event is a <see cref="WorkFailed"/>; no fault of a call is thrown. Heartbeats are among the events.
    /// </summary>
    /// <param name="worker">The worker that has admitted the work.</param>
    /// <param name="work">Id of the work.</param>
    /// <param name="stop">Ends the following with an <see cref="OperationCanceledException"/>; the work goes on.</param>
    public static async IAsyncEnumerable<WorkEvent> FollowToEnd(
        this IWorker worker,
        Guid work,
        [EnumeratorCancellation] CancellationToken stop)
    {
        var next = 0L;
        for (var faults = 0; faults < 2;)
        {
            await using var events = worker.Follow(work, next, stop).GetAsyncEnumerator(stop);
            Step step;
            while ((step = await MoveNext(events, stop)) == Step.Event)
            {
                faults = 0;
                if (events.Current is not WorkHeartbeat) next++;
                yield return events.Current;
                if (events.Current is WorkCompleted or WorkFailed) yield break;
            }

            if (step == Step.Fault) faults++;
            if (step == Step.Timeout && !await Answers(worker)) break;
        }

        yield return new WorkFailed(next, "The worker does not answer. Send the request again.", CanRunElsewhere: true);
    }

    private static async ValueTask<Step> MoveNext(IAsyncEnumerator<WorkEvent> events, CancellationToken stop)
    {
        try
        {
            return await events.MoveNextAsync() ? Step.Event : Step.Fault;
        }
        catch (EnumerationAbortedException) when (!stop.IsCancellationRequested)
        {
            return Step.Dropped;
        }
        catch (TimeoutException) when (!stop.IsCancellationRequested)
        {
            return Step.Timeout;
        }
        catch (Exception e) when (e is OrleansException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return Step.Fault;
        }
    }

    private static async Task<bool> Answers(IWorker worker)
    {
        try
        {
            await worker.GetStatus();
            return true;
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            return false;
        }
    }
}
