using System.Text;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>
/// Removes the marks of Markdown that programs write, and no more: headings, bullets, quotes, rules, fences, tables, and those within
/// lines. Numbers of lists stay, and so does everything that only a whole parser of Markdown would take for a mark. Headings, items and
/// rows end with a full stop.
/// </summary>
internal static class MarkdownBlocks
{
    private const string Bullets = "-*+";

    public static string Strip(string text)
    {
        var lines = Fences.Remove(text.Split('\n')).ConvertAll(UnmarkQuote);
        var rows = Tables.Find(lines);
        var numbers = NumberedItems.Find(lines);
        var blocks = new List<Block>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (rows[i] == RowKind.Cells) blocks.Add(new Block(Tables.JoinCells(lines[i]), BlockKind.Item));
            else if (rows[i] == RowKind.None) Add(blocks, lines[i], numbers.Contains(i));
        }

        return string.Join('\n', blocks.Select(block => block.Strip()));
    }

    private static void Add(List<Block> blocks, string line, bool isNumbered)
    {
        var kind = Unmark(ref line);
        if (isNumbered) kind = BlockKind.ListItem;
        var last = blocks.Count > 0 ? blocks[^1] : null;
        if (kind == BlockKind.Text && last is not null && last.Continues(line)) last.Append(line);
        else blocks.Add(new Block(line, kind));
    }

    private static string UnmarkQuote(string line)
    {
        var (prefix, rest) = SplitTags(line);
        if (rest is not ['>', ..]) return line;
        while (rest is ['>'] or ['>', ' ' or '\t' or '>', ..]) rest = rest[1..].TrimStart();
        return prefix + rest;
    }

    /// <summary>Removes what marks the start of a line, after the tags of speakers and pauses.</summary>
    private static BlockKind Unmark(ref string line)
    {
        if (string.IsNullOrWhiteSpace(line)) return BlockKind.Blank;
        var (prefix, rest) = SplitTags(line);
        var kind = BlockKind.Text;
        while (true)
        {
            if (IsRule(rest))
            {
                rest = "";
            }
            else if (ReadHeading(rest) is { } heading)
            {
                rest = heading;
                kind = BlockKind.Item;
            }
            else if (rest.Length > 0 && Bullets.Contains(rest[0]) && (rest.Length == 1 || rest[1] is ' ' or '\t'))
            {
                rest = rest[1..].TrimStart();
                kind = BlockKind.ListItem;
            }
            else
            {
                break;
            }
        }

        if (rest.Length == 0 && prefix.Length == 0)
        {
            line = "";
            return BlockKind.Blank;
        }

        if (kind != BlockKind.Text || rest.Length == 0) line = prefix + rest;
        return kind;
    }

    /// <summary>The words of a heading; null if the line is none.</summary>
    private static string? ReadHeading(string line)
    {
        var words = line.TrimStart('#');
        var level = line.Length - words.Length;
        if (level is 0 or > 6 || (words.Length > 0 && words[0] is not (' ' or '\t'))) return null;
        var trimmed = words.Trim();
        var closed = trimmed.TrimEnd('#');
        return closed.Length == 0 || closed.EndsWith(' ') ? closed.TrimEnd() : trimmed;
    }

    /// <summary>Three or more of the same mark and nothing else.</summary>
    private static bool IsRule(string line)
    {
        if (line is not ['-' or '*' or '_', ..]) return false;
        var marks = line.Count(unit => unit == line[0]);
        return marks >= 3 && marks + line.Count(unit => unit is ' ' or '\t') == line.Length;
    }

    /// <summary>The tags of speakers and pauses at the start of a line with the spaces behind them, and the rest.</summary>
    private static (string Prefix, string Words) SplitTags(string line)
    {
        var rest = line.AsSpan().TrimStart();
        while (true)
        {
            if (SpeakerTags.StartsWith(rest)) rest = rest[SpeakerTags.Length..].TrimStart(':').TrimStart();
            else if (PauseMarks.LengthAtStart(rest) is var length and > 0) rest = rest[length..].TrimStart();
            else return (line[..^rest.Length], rest.ToString());
        }
    }

    private enum BlockKind
    {
        Text,
        Blank,
        Item,
        ListItem,
    }

    /// <summary>Lines in which marks can pair.</summary>
    private sealed class Block(string line, BlockKind kind)
    {
        private readonly StringBuilder _text = new(line);

        /// <summary>
        /// Whether a line without a mark belongs to it: text goes on, and an item in a line that is indented or goes on in lower case.
        /// </summary>
        public bool Continues(string next) => kind switch
        {
            BlockKind.Text => true,
            BlockKind.ListItem => next.StartsWith("  ", StringComparison.Ordinal) || next[0] == '\t' || char.IsLower(next[0]),
            _ => false,
        };

        public void Append(string next) => _text.Append('\n').Append(next);

        public string Strip()
        {
            var stripped = InlineMarks.Strip(_text.ToString());
            return kind is BlockKind.Item or BlockKind.ListItem ? FullStops.Add(stripped) : stripped;
        }
    }
}
