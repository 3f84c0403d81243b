using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>A worker whose streams of events break.</summary>
/// <param name="events">All events of its work.</param>
/// <param name="lengths">Events that each stream gives before it breaks; the streams behind the last of these do not break.</param>
/// <param name="createFault">The fault at the break.</param>
internal sealed class BreakingWorker(WorkEvent[] events, int[] lengths, Func<Exception> createFault) : IWorker
{
    private readonly List<long> _starts = [];

    public string Key => "breaking/0";

    /// <summary>Where each stream was asked to begin.</summary>
    public IReadOnlyList<long> Starts => _starts;

    /// <summary>Work that it has admitted.</summary>
    public List<SpeechWork> Submitted { get; } = [];

    /// <summary>Number of the event before which it is silent until <see cref="Silence"/> ends; -1 for none.</summary>
    public long SilentAt { get; init; } = -1;

    /// <summary>Ends the silence.</summary>
    public TaskCompletionSource Silence { get; } = new();

    /// <summary>Whether it answers other calls.</summary>
    public bool Answers { get; init; } = true;

    public async IAsyncEnumerable<WorkEvent> Follow(Guid work, long from, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.Yield();
        var stream = _starts.Count;
        _starts.Add(from);
        for (var number = from; number < events.Length; number++)
        {
            if (stream < lengths.Length && number - from == lengths[stream]) throw createFault();
            if (number == SilentAt) await Silence.Task.WaitAsync(cancellation);
            yield return events[number];
        }
    }

    public Task<WorkAdmission> Submit(SpeechWork work)
    {
        Submitted.Add(work);
        return Task.FromResult(new WorkAdmission(WorkOutcome.Accepted));
    }

    public Task<WorkAdmission> Submit(EncodingWork work) => Task.FromResult(new WorkAdmission(WorkOutcome.Accepted));

    public Task Release(Guid work) => Task.CompletedTask;

    public Task Wake() => Task.CompletedTask;

    public Task<WorkerStatus> GetStatus() => Answers
        ? Task.FromResult(new WorkerStatus { Key = Key, State = WorkerState.Ready })
        : throw new TimeoutException();
}
