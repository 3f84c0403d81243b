namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>Tables of GitHub's Markdown: rows with bars between cells, and a row of dashes below the first.</summary>
internal static class Tables
{
    /// <summary>What each line is to a table.</summary>
    public static RowKind[] Find(IReadOnlyList<string> lines)
    {
        var kinds = new RowKind[lines.Count];
        for (var i = 1; i < lines.Count; i++)
        {
            if (!IsDelimiter(lines[i]) || !lines[i - 1].Contains('|') || kinds[i - 1] != RowKind.None) continue;
            kinds[i - 1] = RowKind.Cells;
            kinds[i] = RowKind.Delimiter;
            while (i + 1 < lines.Count && lines[i + 1].Contains('|')) kinds[++i] = RowKind.Cells;
        }

        return kinds;
    }

    /// <summary>The cells with a comma between them, or a space if a cell ends a clause itself.</summary>
    public static string JoinCells(string row)
    {
        var joined = "";
        foreach (var cell in row.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (joined.Length > 0) joined += FullStops.HasFinalPunctuation(joined) ? " " : ", ";
            joined += cell;
        }

        return joined;
    }

    private static bool IsDelimiter(string line) =>
        line.Contains('|') && line.Contains('-')
        && line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).All(IsDashes);

    private static bool IsDashes(string cell)
    {
        var dashes = cell.AsSpan();
        if (dashes is [':', ..]) dashes = dashes[1..];
        if (dashes is [.., ':']) dashes = dashes[..^1];
        return dashes.Length > 0 && !dashes.ContainsAnyExcept('-');
    }
}

/// <summary>What a line is to a table.</summary>
internal enum RowKind
{
    /// <summary>No row.</summary>
    None,

    /// <summary>A row with cells.</summary>
    Cells,

    /// <summary>The row of dashes below the first row.</summary>
    Delimiter,
}
