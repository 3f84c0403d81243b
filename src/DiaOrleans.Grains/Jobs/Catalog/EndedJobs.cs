using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs.Catalog;

/// <summary>
/// The ended jobs of a shard in the order of their ends, those that clients can see in the order of their submissions, and their numbers by
/// status, which are kept by each change. A job whose retention time is over is not counted any more; jobs end in the order of the list, or
/// nearly.
/// </summary>
internal sealed class EndedJobs
{
    private static readonly IComparer<EndedJob> BySubmission = Comparer<EndedJob>.Create((a, b) =>
        a.Sequence != b.Sequence ? a.Sequence.CompareTo(b.Sequence) : a.Id.CompareTo(b.Id));

    private readonly HashSet<Guid> _ids = [];
    private readonly List<EndedJob> _jobs = [];
    private readonly SortedSet<EndedJob> _shown = new(BySubmission);
    private readonly int[] _counts = new int[Enum.GetValues<SpeechStatus>().Length];
    private int _first;
    private int _visible;

    /// <summary>Jobs that are not removed.</summary>
    public int Count => _jobs.Count - _first;

    /// <summary>Whether the job is in the list, or was.</summary>
    public bool Contains(Guid job) => _ids.Contains(job);

    /// <summary>Adds a job that has just ended.</summary>
    public void Add(EndedJob job)
    {
        _ids.Add(job.Id);
        _jobs.Add(job);
        if (job.Status is not { } status) return;
        _counts[(int)status]++;
        _shown.Add(job);
    }

    /// <summary>The number of jobs that clients can see.</summary>
    public JobCounts CountAt(DateTimeOffset now)
    {
        HideExpired(now);
        return new JobCounts(
            0,
            0,
            _counts[(int)SpeechStatus.Completed],
            _counts[(int)SpeechStatus.Failed],
            _counts[(int)SpeechStatus.Cancelled]);
    }

    /// <summary>The jobs that clients can see, the ones submitted last first.</summary>
    public IReadOnlyList<ListedJob> Newest(SpeechStatus? status, int limit, DateTimeOffset now)
    {
        HideExpired(now);
        return
        [
            .. _shown.Reverse()
                .Where(job => (status is null || job.Status == status) && !JobRetention.IsExpired(job.EndedAt, now))
                .Take(limit)
                .Select(job => new ListedJob(job.Id, job.Sequence)),
        ];
    }

    /// <summary>The jobs at the start of the list, up to the first that ended after <paramref name="endedBy"/>.</summary>
    public IEnumerable<EndedJob> Oldest(DateTimeOffset? endedBy) =>
        Enumerable.Range(_first, Count).Select(i => _jobs[i]).TakeWhile(job => endedBy is null || job.EndedAt <= endedBy);

    /// <summary>Removes jobs at the start.</summary>
    public void Trim(int count)
    {
        for (var i = _first; i < _first + count; i++)
        {
            _ids.Remove(_jobs[i].Id);
            if (i >= _visible) Hide(_jobs[i]);
        }

        _first += count;
        _visible = Math.Max(_visible, _first);
        if (_first < _jobs.Count / 2) return;
        _jobs.RemoveRange(0, _first);
        _visible -= _first;
        _first = 0;
    }

    private void HideExpired(DateTimeOffset now)
    {
        for (; _visible < _jobs.Count && JobRetention.IsExpired(_jobs[_visible].EndedAt, now); _visible++) Hide(_jobs[_visible]);
    }

    private void Hide(EndedJob job)
    {
        if (job.Status is not { } status) return;
        _counts[(int)status]--;
        _shown.Remove(job);
    }
}
