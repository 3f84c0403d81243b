namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>
/// Removes the lines that fence code in. The code between them goes too if there is other text and it has no speaker tag: a script in a
/// fence stays, the code of an answer does not.
/// </summary>
internal static class Fences
{
    private const int ShortestFence = 3;

    /// <summary>The lines that remain.</summary>
    public static List<string> Remove(string[] lines)
    {
        var fences = Find(lines);
        var hasOtherText = HasTextOutside(lines, fences);
        var kept = new List<string>(lines.Length);
        var at = 0;
        foreach (var (open, close) in fences)
        {
            kept.AddRange(lines[at..open]);
            at = close + 1;
            var content = lines[(open + 1)..close];
            if (!hasOtherText || HasSpeaker(content)) kept.AddRange(content);
            else kept.Add("");
        }

        foreach (var line in lines[at..])
        {
            // A fence that nobody closed: its line may have words.
            var (_, length) = ReadFence(line);
            kept.Add(length == 0 ? line : line.TrimStart()[length..]);
        }

        return kept;
    }

    private static List<(int Open, int Close)> Find(string[] lines)
    {
        var fences = new List<(int Open, int Close)>();
        for (var i = 0; i < lines.Length; i++)
        {
            var (mark, length) = ReadFence(lines[i]);
            if (length == 0) continue;
            var close = Array.FindIndex(lines, i + 1, line => IsClosing(line, mark, length));
            if (close < 0) continue;
            fences.Add((i, close));
            i = close;
        }

        return fences;
    }

    /// <summary>The mark of an opening fence and how often it stands; 0 times if the line is none.</summary>
    private static (char Mark, int Length) ReadFence(string line)
    {
        var rest = line.AsSpan().TrimStart();
        if (rest is not ['`' or '~', ..]) return default;
        var length = rest.Length - rest.TrimStart(rest[0]).Length;
        var isFence = length >= ShortestFence && (rest[0] == '~' || !rest[length..].Contains('`'));
        return isFence ? (rest[0], length) : default;
    }

    private static bool IsClosing(string line, char mark, int length)
    {
        var fence = line.AsSpan().Trim();
        return fence.Length >= length && !fence.ContainsAnyExcept(mark);
    }

    private static bool HasTextOutside(string[] lines, List<(int Open, int Close)> fences)
    {
        var at = 0;
        foreach (var (open, close) in fences)
        {
            if (lines[at..open].Any(Speakable.HasWords)) return true;
            at = close + 1;
        }

        return lines[at..].Any(Speakable.HasWords);
    }

    private static bool HasSpeaker(string[] content) =>
        Array.Exists(content, line => SpeakerTags.AreIn(line) || SpeakerLabels.StartsLine(line));
}
