using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Cloning;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Cloning;

public sealed class PromptFitTests
{
    [Fact]
    public void A_prompt_that_fits_stays_as_it_is()
    {
        var prompt = Prompt(100, "[S1] All of it.");
        PromptFit.Within(prompt, 100).ShouldBeSameAs(prompt);
    }

    [Fact]
    public void Keeps_the_start_of_the_codes_and_the_same_share_of_the_words()
    {
        var head = PromptFit.Within(Prompt(100, "[S1] aaaa bbbb cccc dddd"), 50)!;
        head.Codes.Cells.ShouldBe(Prompt(50, null).Codes.Cells);
        head.Transcript.ShouldBe("[S1] aaaa bbbb");
    }

    [Theory]
    [InlineData("[S1] aaaa [S2] bbbb", "[S1] aaaa")]
    [InlineData("[S1] aaaabbbbcccc", null)]
    [InlineData(null, null)]
    public void Ends_with_a_whole_word_that_is_no_tag(string? transcript, string? left) =>
        PromptFit.Within(Prompt(10, transcript), 5)!.Transcript.ShouldBe(left);

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Is_null_if_there_is_no_room(int frames) => PromptFit.Within(Prompt(10, "[S1] a"), frames).ShouldBeNull();

    [Property]
    public bool Codes_and_words_are_truncated_in_proportion(byte frames, byte room, byte[] words)
    {
        var text = "[S1] " + string.Join(' ', words.Select(word => new string('x', 1 + word % 9)));
        var prompt = Prompt(1 + frames, text);
        if (PromptFit.Within(prompt, room) is not { } head) return room == 0;
        if (1 + frames <= room) return ReferenceEquals(head, prompt);
        var spoken = (head.Transcript ?? "[S1] ")[5..];
        return head.Codes.Frames == room
            && head.Codes.Cells.SequenceEqual(prompt.Codes.Cells.Take(room * 2))
            && text.StartsWith(head.Transcript ?? "", StringComparison.Ordinal)
            && (spoken.Length == 0 || text.Length == 5 + spoken.Length || text[5 + spoken.Length] == ' ')
            && (spoken.Length == 0 ? 0 : spoken.Length + 1) <= (double)room / prompt.Codes.Frames * (text.Length - 4) + 1e-9;
    }

    private static ResolvedPrompt Prompt(int frames, string? transcript) =>
        new(new AudioCodes([.. Enumerable.Range(0, frames * 2).Select(i => (short)i)], 2), transcript);
}
