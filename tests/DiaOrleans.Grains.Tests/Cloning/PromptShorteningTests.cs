using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Cloning;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Cloning;

public sealed class PromptShorteningTests
{
    private static readonly TranscriptSpan[] Words = [new(0, 4, " One. "), new(4.5, 9, "Two."), new(9, 16, "Three."), new(16, 20, "Four.")];

    [Theory]
    [InlineData(15, 9, "One. Two.")]
    [InlineData(9, 9, "One. Two.")]
    [InlineData(8.9, 4, "One.")]
    [InlineData(30, 20, "One. Two. Three. Four.")]
    public void Ends_with_the_last_span_within_the_limit(double limit, double seconds, string text) =>
        PromptShortening.FindLongestHead(Words, limit).ShouldBe(new PromptHead(seconds, text));

    [Fact]
    public void Is_null_if_no_span_ends_within_the_limit()
    {
        PromptShortening.FindLongestHead(Words, 3).ShouldBeNull();
        PromptShortening.FindLongestHead([], 15).ShouldBeNull();
    }

    [Fact]
    public void Does_not_cut_into_a_span_that_overlaps()
    {
        TranscriptSpan[] spans = [new(0, 4, "One."), new(4, 10, "Two."), new(9.5, 20, "Three.")];
        PromptShortening.FindLongestHead(spans, 15).ShouldBe(new PromptHead(4, "One."));
    }

    [Property]
    public bool The_head_has_exactly_the_words_before_its_end(byte[] lengths, byte limit)
    {
        var spans = new List<TranscriptSpan>();
        foreach (var length in lengths)
        {
            var start = spans.Count == 0 ? 0 : spans[^1].End;
            spans.Add(new TranscriptSpan(start, start + 1 + length % 10, $"w{spans.Count}"));
        }

        var head = PromptShortening.FindLongestHead(spans, limit);
        var words = string.Join(' ', spans.TakeWhile(span => span.End <= limit).Select(span => span.Text));
        if (head is null) return words.Length == 0;
        return head.Text == words && head.Seconds <= limit && spans.Any(span => span.End == head.Seconds);
    }
}
