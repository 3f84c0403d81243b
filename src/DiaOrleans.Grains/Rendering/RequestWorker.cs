using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Rendering;

/// <summary>
/// The worker that speaks a request. If it is lost, the request goes on at another one with the same model and kind of device, where it
/// sounds the same.
/// </summary>
/// <param name="status">Of the first worker, whose model is loaded.</param>
/// <param name="grain">The first worker.</param>
/// <param name="offerToOthers">See <see cref="WorkDispatcher.OfferToOthers"/>.</param>
internal sealed class RequestWorker(
    WorkerStatus status,
    IGpuWorkerGrain grain,
    Func<WorkerStatus, Func<WorkerStatus, IGpuWorkerGrain, Task<WorkAdmission>>, CancellationToken, Task<WorkAdmission>> offerToOthers)
{
    private WorkerStatus _status = status;

    /// <summary>The worker.</summary>
    public IGpuWorkerGrain Grain { get; private set; } = grain;

    /// <summary>Its name for clients.</summary>
    public string Name => _status.Name;

    /// <summary>Offers work to the other workers; the one that admits it is the worker of the request from then on.</summary>
    /// <param name="work">The work.</param>
    /// <param name="stop">Ends the offers.</param>
    /// <returns>Whether one has admitted it.</returns>
    public async Task<bool> Move(SpeechWork work, CancellationToken stop)
    {
        var answer = await offerToOthers(_status, Offer, stop);
        return answer.Outcome == WorkOutcome.Accepted;

        async Task<WorkAdmission> Offer(WorkerStatus other, IGpuWorkerGrain worker)
        {
            var admission = await worker.Submit(work);
            if (admission.Outcome != WorkOutcome.Accepted) return admission;
            _status = other;
            Grain = worker;
            return admission;
        }
    }
}
