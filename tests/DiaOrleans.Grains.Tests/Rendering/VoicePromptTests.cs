using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Rendering;

namespace DiaOrleans.Grains.Tests.Rendering;

public sealed class VoicePromptTests
{
    private static readonly AudioCodes Codes = new([.. Enumerable.Range(0, 300).Select(i => (short)i)], 3);

    [Fact]
    public void A_prompt_that_fits_stays_as_it_is()
    {
        var prompt = new VoicePrompt(Codes, "one two");
        prompt.Fit(100, 7).ShouldBeSameAs(prompt);
    }

    [Fact]
    public void Frames_and_words_are_shortened_together()
    {
        // Half the frames allow 10 of 19 characters: "one two" are 7 of them, 7/19 of the frames.
        var head = new VoicePrompt(Codes, "one two three four").Fit(50, 1000)!;
        head.Transcript.ShouldBe("one two");
        head.Codes.Frames.ShouldBe(100 * 7 / 18);
        head.Codes.Cells.ShouldBe(Codes.Cells[..(head.Codes.Frames * 3)]);
    }

    [Fact]
    public void Too_long_a_transcript_shortens_the_recording_too() => new VoicePrompt(Codes, "one two three four").Fit(1000, 8)!.Codes.Frames.ShouldBe(100 * 7 / 18);

    [Fact]
    public void A_recording_without_a_transcript_keeps_its_head() => new VoicePrompt(Codes, null).Fit(30, 0).ShouldSatisfyAllConditions(p => p!.Codes.Frames.ShouldBe(30), p => p!.Transcript.ShouldBeNull());

    [Theory]
    [InlineData(0, 100)]
    [InlineData(-5, 100)]
    [InlineData(100, 2)]
    public void Nothing_is_left_where_not_even_a_word_fits(int frames, int ids) => new VoicePrompt(Codes, "one two").Fit(frames, ids).ShouldBeNull();
}
