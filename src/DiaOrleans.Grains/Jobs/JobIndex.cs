using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs;

/// <summary>What the catalogue knows of jobs without asking them: their order, and how each stands. Statuses only move forward, so reports may come in any order.</summary>
internal sealed class JobIndex
{
    private readonly SortedDictionary<long, Entry> _bySequence = [];
    private readonly Dictionary<Guid, Entry> _byId = [];

    /// <summary>A job that is not counted or listed before somebody has reported it.</summary>
    public void Add(CatalogEntry job)
    {
        var entry = new Entry(job.Id, job.Sequence);
        if (_byId.TryAdd(job.Id, entry)) _bySequence.Add(job.Sequence, entry);
    }

    /// <summary>Ignored for jobs that were not added, and where it is older than what is known.</summary>
    public void Report(Guid id, SpeechStatus status, DateTimeOffset? endedAt)
    {
        if (!_byId.TryGetValue(id, out var entry) || entry.Status is { } known && (known.IsFinal() || status <= known)) return;
        (entry.Status, entry.EndedAt) = (status, endedAt);
    }

    public void Remove(Guid id)
    {
        if (_byId.Remove(id, out var entry)) _bySequence.Remove(entry.Sequence);
    }

    /// <summary>Newest first, of one status where that is not null.</summary>
    public IEnumerable<Guid> Newest(SpeechStatus? status, DateTimeOffset now) =>
        Known(now).Where(entry => status is null || entry.Status == status).Reverse().Select(entry => entry.Id);

    public JobCounts Count(DateTimeOffset now)
    {
        var counts = Known(now).CountBy(entry => entry.Status!.Value).ToDictionary();
        return new JobCounts(
            counts.GetValueOrDefault(SpeechStatus.Pending),
            counts.GetValueOrDefault(SpeechStatus.Processing),
            counts.GetValueOrDefault(SpeechStatus.Completed),
            counts.GetValueOrDefault(SpeechStatus.Failed),
            counts.GetValueOrDefault(SpeechStatus.Cancelled));
    }

    /// <summary>Jobs that ended, at or before <paramref name="endedBy"/> where that is not null; and whether a client still sees each.</summary>
    public IReadOnlyList<(Guid Id, bool Visible)> Ended(DateTimeOffset? endedBy, DateTimeOffset now) =>
    [
        .. _bySequence.Values
            .Where(entry => entry.Status?.IsFinal() == true && (endedBy is null || entry.EndedAt <= endedBy))
            .Select(entry => (entry.Id, !JobRetention.IsOver(entry.EndedAt, now))),
    ];

    private IEnumerable<Entry> Known(DateTimeOffset now) => _bySequence.Values.Where(entry => entry.Status is not null && !JobRetention.IsOver(entry.EndedAt, now));

    private sealed class Entry(Guid id, long sequence)
    {
        public Guid Id => id;

        public long Sequence => sequence;

        public SpeechStatus? Status { get; set; }

        public DateTimeOffset? EndedAt { get; set; }
    }
}
