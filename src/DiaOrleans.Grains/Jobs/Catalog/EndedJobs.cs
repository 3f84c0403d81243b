using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs.Catalog;

/// <summary>
/// The ended jobs of a shard in the order of their ends, and their numbers by status, which are kept by each change. A job whose retention
/// time is over is not counted any more; jobs end in the order of the list, or nearly.
/// </summary>
internal sealed class EndedJobs
{
    private readonly HashSet<Guid> _ids = [];
    private readonly List<EndedJob> _jobs = [];
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
        if (job.Status is { } status) _counts[(int)status]++;
    }

    /// <summary>The number of jobs that clients can see.</summary>
    public JobCounts CountAt(DateTimeOffset now)
    {
        for (; _visible < _jobs.Count && JobRetention.IsExpired(_jobs[_visible].EndedAt, now); _visible++) Uncount(_jobs[_visible]);
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
        if (limit == 0) return [];
        var newest = new PriorityQueue<EndedJob, long>(limit);
        for (var i = _first; i < _jobs.Count; i++)
        {
            var job = _jobs[i];
            if (job.Status is null || (status is not null && job.Status != status) || JobRetention.IsExpired(job.EndedAt, now)) continue;
            if (newest.Count < limit) newest.Enqueue(job, job.Sequence);
            else newest.EnqueueDequeue(job, job.Sequence);
        }

        return
        [
            .. newest.UnorderedItems
                .OrderByDescending(item => item.Priority)
                .Select(item => new ListedJob(item.Element.Id, item.Priority)),
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
            if (i >= _visible) Uncount(_jobs[i]);
        }

        _first += count;
        _visible = Math.Max(_visible, _first);
        if (_first < _jobs.Count / 2) return;
        _jobs.RemoveRange(0, _first);
        _visible -= _first;
        _first = 0;
    }

    private void Uncount(EndedJob job)
    {
        if (job.Status is { } status) _counts[(int)status]--;
    }
}
