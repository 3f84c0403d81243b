using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Workers;

/// <summary>A piece of work to be submitted.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Submit">Submits it to a worker.</param>
internal readonly record struct WorkPiece(Guid Id, Func<IWorker, Task<WorkAdmission>> Submit);

/// <summary>Work at the worker of a request, from its submission to its release, and its way to another worker.</summary>
/// <param name="worker">The worker of the request.</param>
/// <param name="time">Clock of the limits.</param>
/// <param name="logger">Log of moves.</param>
internal sealed partial class MovingWork(RequestWorker worker, TimeProvider time, ILogger logger)
{
    /// <summary>How long a worker may take to admit or refuse work. Orleans looks at its own time limits once a second only.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private IWorker _at = worker.Grain;
    private Guid _id;
    private WatchedEvents<WorkEvent>? _events;

    /// <summary>A worker has admitted the work, which must be released.</summary>
    public bool IsSubmitted { get; private set; }

    /// <summary>Offers work to the worker of the request.</summary>
    public async Task<WorkAdmission> Submit(WorkPiece piece)
    {
        _at = worker.Grain;
        _id = piece.Id;
        var answer = await Submit(piece, _at);
        IsSubmitted = answer.Outcome == WorkOutcome.Accepted;
        return answer;
    }

    /// <summary>The next event of the work; null if it is silent for longer than the worker is given.</summary>
    /// <param name="stop">Ends the following.</param>
    public async ValueTask<WorkEvent?> Next(CancellationToken stop)
    {
        _events ??= new WatchedEvents<WorkEvent>(end => _at.FollowToEnd(_id, end), time, stop);
        var happened = await _events.Next(worker.Patience);
        if (happened is WorkHeartbeat heartbeat) worker.Heard(heartbeat);
        return happened;
    }

    /// <summary>Goes on at another worker. The one that is left may not answer, so its release is not waited for.</summary>
    /// <param name="rest">The rest of the work.</param>
    /// <param name="isSilent">See <see cref="RequestWorker.Move"/>.</param>
    /// <param name="stop">Ends the offers.</param>
    /// <returns>The answer of the worker that has admitted it, else the refusal that says most.</returns>
    public async Task<WorkAdmission> Move(WorkPiece rest, bool isSilent, CancellationToken stop)
    {
        var left = _at;
        var lost = _id;
        var answer = await worker.Move(at => Submit(rest, at), isSilent, stop);
        if (answer.Outcome != WorkOutcome.Accepted) return answer;
        Log.Moved(logger, lost, rest.Id, worker.Name);
        Leave();
        _id = rest.Id;
        _at = worker.Grain;
        IsSubmitted = true;
        _ = Release(left, lost);
        return answer;
    }

    /// <summary>Ends the following of events.</summary>
    public void Leave()
    {
        _events?.Leave();
        _events = null;
    }

    /// <summary>Stops the work if it runs, and lets the worker forget it. May be called again.</summary>
    public Task Release()
    {
        if (!IsSubmitted) return Task.CompletedTask;
        IsSubmitted = false;
        return Release(_at, _id);
    }

    /// <summary>A worker that does not answer is told to forget the work, which it may have admitted.</summary>
    private async Task<WorkAdmission> Submit(WorkPiece piece, IWorker at)
    {
        try
        {
            return await piece.Submit(at).WaitAsync(AnswerLimit, time);
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            _ = Release(at, piece.Id);
            throw;
        }
    }

    private async Task Release(IWorker from, Guid id)
    {
        try
        {
            await from.Release(id);
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.NotReleased(logger, e, id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1011, LogLevel.Debug, "Work {Work} could not be released; the worker forgets it by itself.")]
        public static partial void NotReleased(ILogger logger, Exception cause, Guid work);

        [LoggerMessage(1012, LogLevel.Warning, "The worker of {Work} is lost or silent; as {Rest} it goes on at {Worker}.")]
        public static partial void Moved(ILogger logger, Guid work, Guid rest, string worker);
    }
}
