using Whisper.net;

namespace DiaOrleans.Transcription;

/// <summary>Puts the tokens of a segment together to words.</summary>
internal static class WordSplit
{
    private const double SecondsPerTick = 0.01;

    /// <summary>The words, or none where the tokens do not spell the text: a character may be spread over several tokens.</summary>
    public static IReadOnlyList<SpokenWord> Of(string text, IEnumerable<WhisperToken> tokens)
    {
        var words = new List<SpokenWord>();
        foreach (var token in tokens.Where(t => !IsSpecial(t.Text)))
        {
            var (start, end) = (token.Start * SecondsPerTick, token.End * SecondsPerTick);
            if (words.Count == 0 || token.Text![0] == ' ') words.Add(new SpokenWord(start, end, token.Text!));
            else words[^1] = words[^1] with { End = Math.Max(words[^1].End, end), Text = words[^1].Text + token.Text };
        }

        return string.Concat(words.Select(w => w.Text)) == text ? words : [];
    }

    /// <summary>Begin, end and time marks stand between the words' tokens.</summary>
    private static bool IsSpecial(string? text) => string.IsNullOrEmpty(text) || (text.StartsWith("[_", StringComparison.Ordinal) && text[^1] == ']');
}
