using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Cloning;

/// <summary>Encodes with the codec of a worker, or with that of another one with the same model if the first is lost or silent.</summary>
/// <param name="dispatcher">Finds another worker.</param>
/// <param name="roster">All workers.</param>
/// <param name="time">Clock of the limits.</param>
/// <param name="logger">Log of moves.</param>
internal sealed class WorkerPromptEncoder(
    WorkDispatcher dispatcher,
    WorkerRosterCopy roster,
    TimeProvider time,
    ILogger<WorkerPromptEncoder> logger) : IPromptEncoder
{
    // A recording that two workers in turn do not encode may break the next one as well.
    private const int MaxLost = 2;

    public async Task<AudioCodes> Encode(float[] samples, IWorker worker)
    {
        var key = worker.Key;
        var status = roster.Find(key) ?? new WorkerStatus { Key = key, State = WorkerState.Failed };
        var moving = new MovingWork(new RequestWorker(status, worker, dispatcher.OfferToOthers), time, logger);
        try
        {
            var answer = await moving.Submit(CreateWork());
            if (answer.Outcome != WorkOutcome.Accepted) throw new PromptEncodingException(answer);
            return await ReadCodes();
        }
        catch (Exception cause) when (cause.IsSiloFault())
        {
            throw CreateLostException();
        }
        finally
        {
            moving.Leave();
            _ = moving.Release();
        }

        WorkPiece CreateWork()
        {
            var work = new EncodingWork(Guid.NewGuid(), samples);
            return new WorkPiece(work.Id, at => at.Submit(work));
        }

        async Task<bool> Move(bool isSilent) =>
            (await moving.Move(CreateWork(), isSilent, CancellationToken.None)).Outcome == WorkOutcome.Accepted;

        async Task<AudioCodes> ReadCodes()
        {
            AudioCodes? codes = null;
            for (var lost = 0; ;)
            {
                switch (await moving.Next(CancellationToken.None))
                {
                    case null:
                        await Move(isSilent: true);
                        break;
                    case WorkFailed { CanRunElsewhere: true }:
                        if (++lost == MaxLost || !await Move(isSilent: false)) throw CreateLostException();
                        break;
                    case WorkFailed failed:
                        throw new PromptEncodingException(new WorkAdmission(WorkOutcome.Rejected, failed.Error));
                    case WorkCodes made:
                        codes = made.Codes;
                        break;
                    case WorkCompleted:
                        return codes ?? throw CreateLostException();
                }
            }
        }
    }

    private static PromptEncodingException CreateLostException() => new(new WorkAdmission(
        WorkOutcome.Unavailable,
        "The worker was restarted while it encoded the audio prompt. Send the request again."));
}
