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
    public void Ends_with_the_last_span_within_the_limit(double limit, double seconds, string text) => PromptShortening.Of(Words, limit).ShouldBe(new PromptHead(seconds, text));

    [Fact]
    public void Has_nothing_to_offer_where_no_span_ends_in_time()
    {
        PromptShortening.Of(Words, 3).ShouldBeNull();
        PromptShortening.Of([], 15).ShouldBeNull();
    }

    [Fact]
    public void Does_not_cut_into_a_span_that_overlaps() =>
        PromptShortening.Of([new(0, 4, "One."), new(4, 10, "Two."), new(9.5, 20, "Three.")], 15).ShouldBe(new PromptHead(4, "One."));

    [Property]
    public bool The_head_says_exactly_what_is_said_before_its_end(byte[] lengths, byte limit)
    {
        var spans = new List<TranscriptSpan>();
        foreach (var length in lengths) spans.Add(new TranscriptSpan(spans.Count == 0 ? 0 : spans[^1].End, (spans.Count == 0 ? 0 : spans[^1].End) + 1 + length % 10, $"w{spans.Count}"));
        var head = PromptShortening.Of(spans, limit);
        var said = string.Join(' ', spans.TakeWhile(span => span.End <= limit).Select(span => span.Text));
        return head is null ? said.Length == 0 : head.Text == said && head.Seconds <= limit && spans.Any(span => span.End == head.Seconds);
    }
}
