using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Transcripts;

namespace DiaOrleans.Grains.Tests.Transcripts;

public sealed class TranscriptChoiceTests
{
    private static readonly TranscriptSpan[] Spans = [new(0, 1, "Old words.")];

    [Theory]
    [InlineData(null, null, null, null, null)]
    [InlineData(null, null, "whisper", "Old words.", "whisper")]
    [InlineData(null, "New words.", null, "New words.", "txt")]
    [InlineData(null, "New words.", "whisper", "New words.", "txt")]
    [InlineData(null, "New words.", "manual", "New words.", "txt")]
    [InlineData(null, "Old words.", "whisper", "Old words.", "whisper")]
    [InlineData(null, "Old words.", "manual", "Old words.", "manual")]
    [InlineData("Best.", null, null, "Best.", "reference")]
    [InlineData("Best.", "New words.", "manual", "Best.", "reference")]
    [InlineData("Old words.", "New words.", "whisper", "Old words.", "reference")]
    public void The_reference_has_priority_over_the_text_file_and_that_over_the_stored_transcript(
        string? reference, string? textFile, string? storedSource, string? text, string? source)
    {
        var stored = storedSource is null ? null : new PromptTranscript("Old words.", storedSource, Spans);
        var chosen = TranscriptChoice.Choose(reference, textFile, stored);
        (chosen?.Text, chosen?.Source).ShouldBe((text, source));
        (chosen?.Spans.Count ?? 0).ShouldBe(ReferenceEquals(chosen, stored) && chosen is not null ? 1 : 0);
    }

    [Fact]
    public void A_text_file_that_differs_by_white_space_is_a_copy_of_the_stored_transcript()
    {
        var stored = new PromptTranscript("Two  words\nhere.", "manual", []);
        TranscriptChoice.Choose(null, "Two words here.", stored).ShouldBeSameAs(stored);
    }
}
