namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// The catalogue's lists in pages: the newest page is stored with the catalogue itself, each full page in a row of its own. Changes pages
/// in memory and returns those that the caller has to store.
/// </summary>
/// <param name="newest">The catalogue's state with the newest page; changed in place.</param>
/// <param name="full">The full pages, in the order of <see cref="JobCatalogState.Pages"/>.</param>
internal sealed class JobCatalogPages(JobCatalogState newest, IEnumerable<JobCatalogPageState> full)
{
    /// <summary>Jobs in a full page.</summary>
    public const int Size = 256;

    private readonly SortedDictionary<long, JobCatalogPageState> _full =
        new(newest.Pages.Zip(full).ToDictionary(pair => pair.First, pair => pair.Second));

    /// <summary>All jobs, in the order of acceptance.</summary>
    public IEnumerable<CatalogEntry> Jobs => _full.Values.SelectMany(page => page.Jobs).Concat(newest.Jobs);

    /// <summary>All idempotency keys, in the order of acceptance.</summary>
    public IEnumerable<KeyEntry> Keys => _full.Values.SelectMany(page => page.Keys).Concat(newest.Keys);

    public bool IsNewestFull => Math.Max(newest.Jobs.Count, newest.Keys.Count) >= Size;

    /// <summary>
    /// Makes the newest page a full one and begins an empty one. Store the returned page first and the catalogue second: a crash between
    /// the two writes leaves the old catalogue, which closes the same page again.
    /// </summary>
    public NumberedPage CloseNewest()
    {
        var number = newest.Pages.Count == 0 ? 1 : newest.Pages[^1] + 1;
        var page = new JobCatalogPageState { Jobs = newest.Jobs, Keys = newest.Keys };
        newest.Pages.Add(number);
        newest.Jobs = [];
        newest.Keys = [];
        _full.Add(number, page);
        return new NumberedPage(number, page);
    }

    /// <summary>Removes jobs and keys, and pages that are empty then. Store the returned pages first and the catalogue second.</summary>
    /// <param name="jobs">Ids of the jobs to remove.</param>
    /// <param name="isDropped">Whether a key is removed.</param>
    /// <returns>The full pages that have changed, empty ones included.</returns>
    public IReadOnlyList<NumberedPage> Remove(IReadOnlySet<Guid> jobs, Func<KeyEntry, bool> isDropped)
    {
        newest.Jobs = [.. newest.Jobs.Where(job => !jobs.Contains(job.Id))];
        newest.Keys = [.. newest.Keys.Where(key => !isDropped(key))];
        var changed = new List<NumberedPage>();
        foreach (var (number, page) in _full.ToArray())
        {
            if (!page.Jobs.Any(job => jobs.Contains(job.Id)) && !page.Keys.Any(isDropped)) continue;
            var left = new JobCatalogPageState
            {
                Jobs = [.. page.Jobs.Where(job => !jobs.Contains(job.Id))],
                Keys = [.. page.Keys.Where(key => !isDropped(key))],
            };
            changed.Add(new NumberedPage(number, left));
            if (left.IsEmpty) RemovePage(number);
            else _full[number] = left;
        }

        return changed;
    }

    private void RemovePage(long number)
    {
        _full.Remove(number);
        newest.Pages.Remove(number);
    }
}

/// <summary>A full page and the key of the grain that stores it.</summary>
internal sealed record NumberedPage(long Number, JobCatalogPageState Page);
