using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Cloning;

/// <summary>Encodes with the codec of a worker.</summary>
internal sealed class WorkerPromptEncoder : IPromptEncoder
{
    public async Task<AudioCodes> Encode(float[] samples, IGpuWorkerGrain worker)
    {
        try
        {
            var work = new EncodingWork(Guid.NewGuid(), samples);
            var answer = await worker.Submit(work);
            if (answer.Outcome != WorkOutcome.Accepted) throw new PromptEncodingException(answer);
            return await ReadCodes(work.Id, worker);
        }
        catch (Exception cause) when (cause.IsSiloFault())
        {
            throw CreateLostException();
        }
    }

    private static async Task<AudioCodes> ReadCodes(Guid work, IGpuWorkerGrain worker)
    {
        try
        {
            AudioCodes? codes = null;
            await foreach (var happened in worker.FollowToEnd(work, CancellationToken.None))
            {
                if (happened is WorkFailed { CanRunElsewhere: true }) throw CreateLostException();
                if (happened is WorkFailed failed) throw new PromptEncodingException(new WorkAdmission(WorkOutcome.Rejected, failed.Error));
                if (happened is WorkCodes made) codes = made.Codes;
            }

            return codes ?? throw CreateLostException();
        }
        finally
        {
            await worker.Release(work);
        }
    }

    private static PromptEncodingException CreateLostException() => new(new WorkAdmission(
        WorkOutcome.Unavailable,
        "The worker was restarted while it encoded the audio prompt. Send the request again."));
}
