namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>
/// Makes text that other programs produce ready for speech; docs/api.md, Texts. Speaker tags and pauses stay as they are. A clean text
/// is returned as it is, and the clean-up of a result changes nothing.
/// </summary>
internal static class TextCleaner
{
    // A step can put together a mark that an earlier step would have removed, as in "&am<b></b>p;". Texts of people need two rounds.
    private const int MaxRounds = 6;
    private const string MarkCharacters = "&<>`*_~#|/";

    /// <summary>The text without marks; its lines stay lines.</summary>
    public static string Clean(string text)
    {
        var lines = Settle(text);
        // Marks that stood on both sides of a line's end pair if the lines become one.
        var line = Spaces.Collapse(lines);
        var settled = Settle(line);
        return settled == line ? lines : settled;
    }

    private static string Settle(string text)
    {
        if (TryClean(text, out var cleaned)) return cleaned;
        // Marks nested in marks, deeper than any program writes them.
        return TryClean(DropMarks(cleaned), out cleaned) ? cleaned : DropMarks(cleaned);
    }

    private static bool TryClean(string text, out string cleaned)
    {
        cleaned = text;
        for (var round = 0; round < MaxRounds; round++)
        {
            var next = CleanOnce(cleaned);
            if (next == cleaned) return true;
            cleaned = next;
        }

        return false;
    }

    private static string CleanOnce(string text)
    {
        text = Characters.Fold(Entities.Decode(text));
        text = HtmlMarkup.Strip(text);
        text = MarkdownBlocks.Strip(text);
        return SpeakerLabels.Tag(text).Replace("*", "", StringComparison.Ordinal);
    }

    private static string DropMarks(string text) =>
        string.Create(text.Length, text, (kept, source) =>
        {
            for (var i = 0; i < kept.Length; i++) kept[i] = MarkCharacters.Contains(source[i]) ? ' ' : source[i];
        });
}
