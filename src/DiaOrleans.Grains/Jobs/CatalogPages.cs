namespace DiaOrleans.Grains.Jobs;

/// <summary>The catalogue's lists: the newest page, which is stored with the catalogue itself, and full ones, which are stored each by itself. Decides; its user stores.</summary>
internal sealed class CatalogPages(JobCatalogState newest, IEnumerable<JobCatalogPageState> full)
{
    /// <summary>Jobs of a full page.</summary>
    public const int Size = 256;

    private readonly SortedDictionary<long, JobCatalogPageState> _full = new(newest.Pages.Zip(full).ToDictionary(pair => pair.First, pair => pair.Second));

    /// <summary>In the order of acceptance.</summary>
    public IEnumerable<CatalogEntry> Jobs => _full.Values.SelectMany(page => page.Jobs).Concat(newest.Jobs);

    public IEnumerable<KeyEntry> Keys => _full.Values.SelectMany(page => page.Keys).Concat(newest.Keys);

    public bool IsNewestFull => Math.Max(newest.Jobs.Count, newest.Keys.Count) >= Size;

    /// <summary>Begins a new page. To be stored: the full one that is returned, then the catalogue. A crash between them leaves the old catalogue, which closes the page again.</summary>
    public (long Number, JobCatalogPageState Page) Close()
    {
        var number = newest.Pages.Count == 0 ? 1 : newest.Pages[^1] + 1;
        var page = new JobCatalogPageState { Jobs = newest.Jobs, Keys = newest.Keys };
        newest.Pages.Add(number);
        (newest.Jobs, newest.Keys) = ([], []);
        _full.Add(number, page);
        return (number, page);
    }

    /// <summary>Removes jobs, and keys that <paramref name="drops"/> names. To be stored: the full pages that are returned, then the catalogue. Empty pages are let go.</summary>
    public IReadOnlyList<(long Number, JobCatalogPageState Page)> Remove(IReadOnlySet<Guid> jobs, Func<KeyEntry, bool> drops)
    {
        newest.Jobs = [.. newest.Jobs.Where(job => !jobs.Contains(job.Id))];
        newest.Keys = [.. newest.Keys.Where(key => !drops(key))];
        var changed = new List<(long, JobCatalogPageState)>();
        foreach (var (number, page) in _full.ToArray())
        {
            if (!page.Jobs.Any(job => jobs.Contains(job.Id)) && !page.Keys.Any(drops)) continue;
            var left = new JobCatalogPageState { Jobs = [.. page.Jobs.Where(job => !jobs.Contains(job.Id))], Keys = [.. page.Keys.Where(key => !drops(key))] };
            changed.Add((number, left));
            if (left.IsEmpty) Release(number);
            else _full[number] = left;
        }

        return changed;
    }

    private void Release(long number)
    {
        _full.Remove(number);
        newest.Pages.Remove(number);
    }
}
