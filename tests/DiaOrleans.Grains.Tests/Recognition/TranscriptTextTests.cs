using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Tests.Recognition;

public sealed class TranscriptTextTests
{
    [Theory]
    [InlineData("  Hello there. ", "Hello there.")]
    [InlineData("Hello    there", "Hello there")]
    [InlineData("Hello .  And you  .", "Hello. And you.")]
    [InlineData("\n Good day.\n", "Good day.")]
    [InlineData("   ", "")]
    [InlineData("What ? Yes !", "What ? Yes !")]
    public void A_transcript_has_single_spaces_and_none_at_its_ends_or_before_a_full_stop(string text, string tidy) =>
        TranscriptText.Tidy(text).ShouldBe(tidy);
}
