using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// The catalogue's jobs in memory: their order and last reported status. A status only moves forward, so reports may arrive in any order.
/// </summary>
internal sealed class JobIndex
{
    private readonly SortedDictionary<long, Entry> _bySequence = [];
    private readonly Dictionary<Guid, Entry> _byId = [];

    /// <summary>Adds a job. It is neither counted nor listed before its first report.</summary>
    public void Add(CatalogEntry job)
    {
        var entry = new Entry(job.Id, job.Sequence);
        if (_byId.TryAdd(job.Id, entry)) _bySequence.Add(job.Sequence, entry);
    }

    /// <summary>Sets a job's status. Ignored for a job that was not added, and if the status is not later than the known one.</summary>
    public void Report(Guid id, SpeechStatus status, DateTimeOffset? endedAt)
    {
        if (!_byId.TryGetValue(id, out var entry) || entry.Status is { } known && (known.IsFinal() || status <= known)) return;
        entry.Status = status;
        entry.EndedAt = endedAt;
    }

    public void Remove(Guid id)
    {
        if (_byId.Remove(id, out var entry)) _bySequence.Remove(entry.Sequence);
    }

    /// <summary>Ids of the jobs that clients can see, newest first; only those of <paramref name="status"/> if it is not null.</summary>
    public IEnumerable<Guid> Newest(SpeechStatus? status, DateTimeOffset now) =>
        Visible(now).Where(entry => status is null || entry.Status == status).Reverse().Select(entry => entry.Id);

    /// <summary>The number of jobs of each status that clients can see.</summary>
    public JobCounts Count(DateTimeOffset now)
    {
        var counts = Visible(now).CountBy(entry => entry.Status!.Value).ToDictionary();
        return new JobCounts(
            counts.GetValueOrDefault(SpeechStatus.Pending),
            counts.GetValueOrDefault(SpeechStatus.Processing),
            counts.GetValueOrDefault(SpeechStatus.Completed),
            counts.GetValueOrDefault(SpeechStatus.Failed),
            counts.GetValueOrDefault(SpeechStatus.Cancelled));
    }

    /// <summary>
    /// The jobs that have ended, oldest first; only those that ended at or before <paramref name="endedBy"/> if it is not null.
    /// </summary>
    public IReadOnlyList<EndedJob> Ended(DateTimeOffset? endedBy, DateTimeOffset now) =>
    [
        .. _bySequence.Values
            .Where(entry => entry.Status?.IsFinal() == true && (endedBy is null || entry.EndedAt <= endedBy))
            .Select(entry => new EndedJob(entry.Id, !JobRetention.IsExpired(entry.EndedAt, now))),
    ];

    private IEnumerable<Entry> Visible(DateTimeOffset now) =>
        _bySequence.Values.Where(entry => entry.Status is not null && !JobRetention.IsExpired(entry.EndedAt, now));

    private sealed class Entry(Guid id, long sequence)
    {
        public Guid Id => id;

        public long Sequence => sequence;

        public SpeechStatus? Status { get; set; }

        public DateTimeOffset? EndedAt { get; set; }
    }
}

/// <summary>A job that has ended.</summary>
/// <param name="Id">The job.</param>
/// <param name="Visible">Whether clients can still see it.</param>
internal readonly record struct EndedJob(Guid Id, bool Visible);
