using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>See <see cref="WorkDispatcher.OfferToOthers"/>.</summary>
internal delegate Task<WorkAdmission> OfferToOthers(
    WorkerStatus left,
    bool isSilent,
    Func<WorkerStatus, IWorker, Task<WorkAdmission>> offer,
    CancellationToken stop);

/// <summary>
/// The worker of a request. If it is lost, the request goes on at another one with the same model and kind of device, where it sounds the
/// same.
/// </summary>
/// <param name="status">Of the first worker, whose model is loaded.</param>
/// <param name="grain">The first worker.</param>
/// <param name="offerToOthers">Finds another one.</param>
internal sealed class RequestWorker(WorkerStatus status, IWorker grain, OfferToOthers offerToOthers)
{
    // Three heartbeats.
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(0.75);

    // A worker whose steps take longer, by its load or its device, is given more time.
    private const int PatienceInSteps = 8;

    private WorkerStatus _status = status;
    private double _stepSeconds = status.StepSeconds;

    /// <summary>The worker.</summary>
    public IWorker Grain { get; private set; } = grain;

    /// <summary>Its name for clients.</summary>
    public string Name => _status.Name;

    /// <summary>How long it may be without an event of its work before it counts as silent.</summary>
    public TimeSpan Patience => TimeSpan.FromSeconds(Math.Max(LeastPatience.TotalSeconds, PatienceInSteps * _stepSeconds));

    /// <summary>The worker says what a step takes now.</summary>
    public void Heard(WorkHeartbeat heartbeat) => _stepSeconds = heartbeat.StepSeconds;

    /// <summary>Offers work to the other workers; the one that admits it is the worker of the request from then on.</summary>
    /// <param name="submit">Submits the work to a worker.</param>
    /// <param name="isSilent">
    /// True if this worker may still go on: then the work is not offered to others that are silent, too.
    /// </param>
    /// <param name="stop">Ends the offers.</param>
    /// <returns>The answer of the one that has admitted it, else the refusal that says most.</returns>
    public Task<WorkAdmission> Move(Func<IWorker, Task<WorkAdmission>> submit, bool isSilent, CancellationToken stop)
    {
        return offerToOthers(_status, isSilent, Offer, stop);

        async Task<WorkAdmission> Offer(WorkerStatus other, IWorker worker)
        {
            var admission = await submit(worker);
            if (admission.Outcome != WorkOutcome.Accepted) return admission;
            _status = other;
            _stepSeconds = other.StepSeconds;
            Grain = worker;
            return admission;
        }
    }
}
