using Whisper.net;

namespace DiaOrleans.Transcription;

/// <summary>Joins the tokens of a segment into words.</summary>
internal static class WordSplitter
{
    private const double SecondsPerTick = 0.01;

    /// <summary>Divides a segment into words: a token with a leading space starts a word.</summary>
    /// <param name="text">The segment's text.</param>
    /// <param name="tokens">Its tokens, with times in ticks of 10 ms.</param>
    /// <returns>The words; none if the tokens do not add up to the text, because a character can be divided between tokens.</returns>
    public static IReadOnlyList<SpokenWord> Split(string text, IEnumerable<WhisperToken> tokens)
    {
        var words = new List<SpokenWord>();
        foreach (var token in tokens.Where(t => !IsSpecial(t.Text)))
        {
            var start = token.Start * SecondsPerTick;
            var end = token.End * SecondsPerTick;
            if (words.Count == 0 || token.Text![0] == ' ') words.Add(new SpokenWord(start, end, token.Text!));
            else words[^1] = words[^1] with { End = Math.Max(words[^1].End, end), Text = words[^1].Text + token.Text };
        }

        return string.Concat(words.Select(w => w.Text)) == text ? words : [];
    }

    // Tokens that mark a begin, an end or a time.
    private static bool IsSpecial(string? text) =>
        string.IsNullOrEmpty(text) || (text.StartsWith("[_", StringComparison.Ordinal) && text[^1] == ']');
}
