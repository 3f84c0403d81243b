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
    public void The_reference_goes_before_the_text_file_and_that_before_what_is_remembered(
        string? reference, string? textFile, string? rememberedSource, string? text, string? source)
    {
        var remembered = rememberedSource is null ? null : new PromptTranscript("Old words.", rememberedSource, Spans);
        var chosen = TranscriptChoice.Of(reference, textFile, remembered);
        (chosen?.Text, chosen?.Source).ShouldBe((text, source));
        (chosen?.Spans.Count ?? 0).ShouldBe(ReferenceEquals(chosen, remembered) && chosen is not null ? 1 : 0);
    }

    [Fact]
    public void A_copy_that_differs_by_white_space_is_still_the_copy()
    {
        var remembered = new PromptTranscript("Two  words\nhere.", "manual", []);
        TranscriptChoice.Of(null, "Two words here.", remembered).ShouldBeSameAs(remembered);
    }
}
