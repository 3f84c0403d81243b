namespace DiaOrleans.Server.Models.Downloading;

/// <summary>Bytes of a file from <paramref name="From"/> up to, without, <paramref name="To"/>.</summary>
internal readonly record struct ByteRange(long From, long To)
{
    /// <summary>Number of bytes.</summary>
    public long Length => To - From;
}

/// <summary>A set of bytes of a file, kept as the fewest ranges in ascending order.</summary>
internal sealed class ByteRanges
{
    private readonly List<ByteRange> _ranges = [];

    /// <summary>The ranges; no two touch each other.</summary>
    public IReadOnlyList<ByteRange> All => _ranges;

    /// <summary>Number of bytes.</summary>
    public long Count => _ranges.Sum(range => range.Length);

    /// <summary>Adds a range, which may overlap others.</summary>
    public void Add(ByteRange added)
    {
        if (added.Length <= 0) return;
        var first = _ranges.FindIndex(range => range.To >= added.From);
        if (first < 0)
        {
            _ranges.Add(added);
            return;
        }

        var after = _ranges.FindIndex(first, range => range.From > added.To);
        var end = after < 0 ? _ranges.Count : after;
        if (end > first)
            added = new ByteRange(Math.Min(added.From, _ranges[first].From), Math.Max(added.To, _ranges[end - 1].To));
        _ranges.RemoveRange(first, end - first);
        _ranges.Insert(first, added);
    }

    /// <summary>Removes all.</summary>
    public void Clear() => _ranges.Clear();

    /// <summary>What is missing of the first <paramref name="size"/> bytes, in ranges of at most <paramref name="most"/> bytes.</summary>
    public IEnumerable<ByteRange> Missing(long size, long most)
    {
        var at = 0L;
        foreach (var range in (IEnumerable<ByteRange>)[.. _ranges, new ByteRange(size, size)])
        {
            for (; at < Math.Min(range.From, size); at = Math.Min(at + most, Math.Min(range.From, size)))
                yield return new ByteRange(at, Math.Min(at + most, Math.Min(range.From, size)));
            at = Math.Max(at, range.To);
        }
    }
}
