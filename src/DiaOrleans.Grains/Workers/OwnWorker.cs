using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Workers;

/// <summary>A worker of this silo, called without messages. Thread-safe.</summary>
/// <param name="worker">The worker.</param>
/// <param name="time">Clock of the heartbeats.</param>
internal sealed class OwnWorker(LocalWorker worker, TimeProvider time) : IWorker
{
    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromMilliseconds(250);

    public string Key { get; } = worker.Key.ToString();

    public Task<WorkAdmission> Submit(SpeechWork work) => Task.FromResult(worker.Submit(work));

    public Task<WorkAdmission> Submit(EncodingWork work) => Task.FromResult(worker.Submit(work));

    public async IAsyncEnumerable<WorkEvent> Follow(
        Guid work,
        long from,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var followed = worker.Work.Follow(work);
        if (followed is null)
        {
            yield return new WorkFailed(from, "The worker was restarted. Send the request again.", CanRunElsewhere: true);
            yield break;
        }

        var number = from;
        var events = followed.Run.ReadEvents(from, cancellation);
        await foreach (var happened in events.WithPauses(HeartbeatPeriod, time, cancellation))
        {
            if (happened is not null) yield return happened.ToMessage(number++);
            else if (worker.Progress is { IsLate: false } progress) yield return new WorkHeartbeat(number, progress.Step.TotalSeconds);
        }
    }

    public Task Release(Guid work)
    {
        worker.Release(work);
        return Task.CompletedTask;
    }

    public Task Wake()
    {
        worker.Wake();
        return Task.CompletedTask;
    }

    public Task<WorkerStatus> GetStatus() => Task.FromResult(worker.Status);
}
