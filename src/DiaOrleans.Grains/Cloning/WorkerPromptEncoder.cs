using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Cloning;

/// <summary>Encodes by the codec of a worker.</summary>
internal sealed class WorkerPromptEncoder : IPromptEncoder
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    public async Task<AudioCodes> Encode(float[] samples, IGpuWorkerGrain worker)
    {
        try
        {
            var work = new EncodingWork(Guid.NewGuid(), samples);
            var answer = await worker.SubmitEncoding(work);
            if (answer.Outcome != WorkOutcome.Accepted) throw new PromptEncodingException(answer);
            return await Fetch(work.Id, worker);
        }
        catch (Exception cause) when (cause is OrleansException or TimeoutException)
        {
            throw Lost();
        }
    }

    private static async Task<AudioCodes> Fetch(Guid id, IGpuWorkerGrain worker)
    {
        try
        {
            await AwaitEnd(id, worker);
            return await worker.GetCodes(id) ?? throw Lost();
        }
        finally
        {
            await worker.Release(id);
        }
    }

    private static async Task AwaitEnd(Guid id, IGpuWorkerGrain worker)
    {
        while (true)
        {
            var progress = await worker.Wait(id, LongestWait);
            if (progress.State == WorkState.Completed) return;
            if (progress.State == WorkState.Unknown) throw Lost();
            if (progress.State == WorkState.Failed) throw new PromptEncodingException(new WorkAdmission(WorkOutcome.Rejected, progress.Error ?? "The audio prompt could not be encoded."));
        }
    }

    private static PromptEncodingException Lost() => new(new WorkAdmission(WorkOutcome.Unavailable, "The worker was restarted while it encoded the audio prompt. Send the request again."));
}
