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
    public void A_transcript_is_trimmed_and_loses_double_spaces_and_the_space_before_a_full_stop(string heard, string written) => TranscriptText.Tidy(heard).ShouldBe(written);
}
