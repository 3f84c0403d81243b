using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Cloning;

/// <summary>The head of a recording and what it says.</summary>
/// <param name="Seconds">Where the recording is cut.</param>
/// <param name="Text">What is said up to there.</param>
internal sealed record PromptHead(double Seconds, string Text);

/// <summary>Shortens a recording only together with its transcript: one without the other ruins cloning.</summary>
internal static class PromptShortening
{
    /// <summary>The longest head within <paramref name="maxSeconds"/> that ends with a span and that no later span reaches into; null where there is none.</summary>
    public static PromptHead? Of(IReadOnlyList<TranscriptSpan> spans, double maxSeconds)
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
