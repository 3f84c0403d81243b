using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Cloning;

/// <summary>The start of a recording.</summary>
/// <param name="Seconds">Its length.</param>
/// <param name="Text">Its words.</param>
internal sealed record PromptHead(double Seconds, string Text);

/// <summary>Shortens a recording together with its transcript, at a time that speech recognition found.</summary>
internal static class PromptShortening
{
    /// <summary>The longest start that ends with a span and does not cut into a later one; null if there is none.</summary>
    /// <param name="spans">Times of the transcript.</param>
    /// <param name="maxSeconds">Limit of the length.</param>
    public static PromptHead? FindLongestHead(IReadOnlyList<TranscriptSpan> spans, double maxSeconds)
    {
        for (var count = spans.Count; count > 0; count--)
        {
            var end = spans.Take(count).Max(span => span.End);
            if (end <= 0 || end > maxSeconds || spans.Skip(count).Any(span => span.Start < end)) continue;
            var text = TranscriptText.Tidy(string.Join(' ', spans.Take(count).Select(span => span.Text)));
            if (text.Length > 0) return new PromptHead(end, text);
        }

        return null;
    }
}
